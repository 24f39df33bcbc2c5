import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { defineExtension } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle', seed: 1, steps: 1, width: 64, height: 64 };
const folder = mkdtempSync(join(tmpdir(), 'armature-models-'));
const checkpoints = join(folder, 'Stable-diffusion');
const pathOf = (name: string): string => join(checkpoints, `${name}.safetensors`);

describe('checkpoints of a host', () => {
  const events: string[] = [];
  let host: Host;
  beforeAll(async () => {
    mkdirSync(checkpoints);
    const tiny = join(tinyModelFolder, 'Stable-diffusion');
    const source = readdirSync(tiny).find((name) => name.endsWith('.safetensors')) as string;
    for (const name of ['a', 'b', 'c', 'd', 'e']) copyFileSync(join(tiny, source), pathOf(name));
    const listener = defineExtension({
      setup({ hooks }) {
        hooks.model.loaded.tap(({ name }) => void events.push(`+${name}`));
        hooks.model.unloading.tap(({ name }) => void events.push(`-${name}`));
        hooks.model.listed.tap((models) => models.filter(({ name }) => name !== 'e'));
      },
    });
    const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.models', engines: { armature: '*' } } };
    host = await createTestHost({ models: [folder], extensions: [{ manifest, definition: listener }] });
  });
  afterAll(async () => {
    await host.dispose();
    rmSync(folder, { recursive: true });
  });

  it('are listed as extensions leave them, under the identity that jobs know', async () => {
    const models = await host.models();
    expect(models.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(models[0]).toMatchObject({ kind: 'checkpoint', path: pathOf('a') });
    expect(models[0]?.bytes).toBeGreaterThan(0);
  });

  it('are loaded once, and again when the file has changed', async () => {
    await host.txt2img({ ...request, model: 'a' });
    const first = await host.txt2img({ ...request, model: 'a' });
    expect(events).toEqual(['+a']);
    utimesSync(pathOf('a'), new Date(), new Date(Date.now() - 60_000));
    const second = await host.txt2img({ ...request, model: 'a' });
    expect(events).toEqual(['+a', '-a', '+a']);
    expect(second.images[0]?.image.toBytes()).toEqual(first.images[0]?.image.toBytes());
    events.length = 0;
  });

  it.skipIf(process.platform !== 'linux')('stay open up to four, the least recently used goes', async () => {
    for (const name of ['b', 'c', 'd', 'a', 'e']) await host.txt2img({ ...request, model: name });
    expect(events).toEqual(['+b', '+c', '+d', '+e', '-b']);
    const open = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    expect(open.filter((path) => path.startsWith(checkpoints)).sort()).toEqual(['a', 'c', 'd', 'e'].map(pathOf));
  });

  it('are told of once by each generation', async () => {
    events.length = 0;
    await host.reload();
    await host.txt2img({ ...request, model: 'a' });
    await host.txt2img({ ...request, model: 'a' });
    expect(events).toEqual(['+a']);
  });
});
