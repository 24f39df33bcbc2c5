import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedScripts } from '../recorded-scripts.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
const folder = `${shared}open/29_controlnet_api`;

interface RecordedGet {
  readonly endpoint: string;
  readonly status: number;
  readonly response: unknown;
}

interface ControlTypes {
  readonly control_types: Readonly<Record<string, { readonly model_list: readonly string[]; readonly default_model: string }>>;
}

const recordedGet = (name: string): RecordedGet => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as RecordedGet;

describe.skipIf(!existsSync(folder))('lists of the /controlnet routes', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost({ models: [`${shared}data`], extensions: recordedScripts });
  });
  afterAll(() => host?.dispose());

  const ask = async ({ endpoint }: RecordedGet): Promise<Response> => (await host.answer(new Request(`http://host${endpoint}`)))!;

  it.for(['get_version', 'get_settings', 'get_model_list', 'get_model_list_no_update'])('%s', async (name, { task }) => {
    const score = { group: '29_controlnet_api', name, cases: 1, within: 0 };
    task.meta.fidelity = [score];
    const recorded = recordedGet(name);
    const answer = await ask(recorded);
    expect(answer.status).toBe(recorded.status);
    expect(await answer.json()).toEqual(recorded.response);
    task.meta.fidelity = [{ ...score, within: 1 }];
  });

  it('control types offer the same models', async () => {
    const recorded = recordedGet('get_control_types');
    const theirs = (recorded.response as ControlTypes).control_types;
    const { control_types: ours } = (await (await ask(recorded)).json()) as ControlTypes;
    expect(Object.keys(ours)).not.toEqual([]);
    for (const [type, { model_list, default_model }] of Object.entries(ours)) {
      expect([type, model_list, default_model]).toEqual([type, theirs[type]?.model_list, theirs[type]?.default_model]);
    }
  });
});
