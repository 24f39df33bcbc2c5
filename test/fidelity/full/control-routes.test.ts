import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../packages/core/src/image/index.js';
import { knownDifferences } from '../known-differences.js';
import { laterFeatures } from '../later-features.js';
import { likenessOf } from '../likeness.js';
import { recordedScripts } from '../recorded-scripts.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
const folder = `${shared}open/29_controlnet_api`;
const group = '29_controlnet_api';

interface ModuleLists {
  readonly module_list: readonly string[];
  readonly module_detail: Readonly<Record<string, unknown>>;
}

interface ControlTypes {
  readonly control_types: Readonly<Record<string, { readonly module_list: readonly string[]; readonly default_option: string }>>;
}

interface RouteCase {
  readonly name: string;
  readonly endpoint: string;
  readonly request: unknown;
  readonly status: number;
  readonly images: readonly string[];
}

/** Cases that make a map, by a preprocessor or from poses: what is made is compared. */
const cases: readonly RouteCase[] = !existsSync(folder)
  ? []
  : readdirSync(folder)
      .filter((file) => /^(detect|render)_/.test(file) && file.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as RouteCase)
      .filter(({ name }) => !(`${group}/${name}` in laterFeatures) && !knownDifferences.has(`${group}/${name}`));

function withPictures(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPictures);
  if (typeof value !== 'object' || value === null) return value;
  if ('$b64' in value) return readFileSync(`${shared}${(value as { $b64: string }).$b64}`).toString('base64');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPictures(item)]));
}

describe.skipIf(cases.length === 0)('maps of the /controlnet routes', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost({ models: [`${shared}data`], extensions: recordedScripts });
  });
  afterAll(() => host?.dispose());

  it('the modules that are here stand in the original’s order, with its sliders', async () => {
    for (const [name, query] of [
      ['get_module_list', ''],
      ['get_module_list_alias', '?alias_names=true'],
    ] as const) {
      const { response: recorded } = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as { response: ModuleLists };
      const made = (await (await host.answer(new Request(`http://host/controlnet/module_list${query}`)))!.json()) as ModuleLists;
      const theirs = made.module_list.filter((module) => module in recorded.module_detail);
      expect(theirs).toEqual(recorded.module_list.filter((module) => module in made.module_detail));
      for (const module of theirs) expect([module, made.module_detail[module]]).toEqual([module, recorded.module_detail[module]]);
      const more = made.module_list.filter((module) => !theirs.includes(module));
      console.info(`${name}: ${theirs.length} of ${recorded.module_list.length} modules; our own: ${more.join(', ')}`);
    }
  });

  it('control types offer what is here as the original does', async () => {
    const { response } = JSON.parse(readFileSync(`${folder}/get_control_types.json`, 'utf8')) as { response: ControlTypes };
    const made = (await (await host.answer(new Request('http://host/controlnet/control_types')))!.json()) as ControlTypes;
    const here = new Set(made.control_types.All!.module_list);
    for (const [type, { module_list: found }] of Object.entries(made.control_types)) {
      const recorded = response.control_types[type]!;
      const theirs = found.filter((module) => response.control_types.All!.module_list.includes(module));
      expect([type, theirs]).toEqual([type, recorded.module_list.filter((module) => here.has(module))]);
      if (here.has(recorded.default_option))
        expect([type, made.control_types[type]!.default_option]).toEqual([type, recorded.default_option]);
    }
  });

  it.each(cases.map((recorded) => [recorded.name, recorded] as const))('%s', async (name, recorded) => {
    const body = recorded.request === null ? undefined : JSON.stringify(withPictures(recorded.request));
    const response = (await host.answer(new Request(`http://host${recorded.endpoint}`, { method: 'POST', ...(body && { body }) })))!;
    if (recorded.status !== 200) return expect(response.status, name).toBeGreaterThanOrEqual(400);
    expect(response.status).toBe(200);
    const { images = [] } = (await response.json()) as { images?: readonly string[] };
    expect(images).toHaveLength(recorded.images.length);
    for (const [index, file] of recorded.images.entries()) {
      const wanted = await decodeImage(readFileSync(`${folder}/${file}`), { name: file });
      const made = await decodeImage(Buffer.from(images[index]!, 'base64'), { name: 'made' });
      expect(likenessOf(made, wanted).psnr, file).toBe(Number.POSITIVE_INFINITY);
    }
  });
});
