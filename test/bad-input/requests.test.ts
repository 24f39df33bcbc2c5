import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle', seed: 1, steps: 2, width: 64, height: 64 };

describe('a request that cannot be served ends in a code that names field and value', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost();
  });
  afterAll(() => host.dispose());

  it.each([
    ['an unknown sampler', { sampler: 'Eulerr' }, 'SAMPLER_UNKNOWN', 'Eulerr'],
    ['an unknown scheduler', { scheduler: 'Karas' }, 'SCHEDULER_UNKNOWN', 'Karas'],
    ['an unknown model', { model: 'no-such-model' }, 'MODEL_NOT_FOUND', 'no-such-model'],
    ['an unknown extension', { extensions: { 'no.such': {} } }, 'EXT_NOT_FOUND', 'no.such'],
    ['an unknown setting', { settings: { randn_sauce: 'NV' } }, 'SETTING_UNKNOWN', 'randn_source'],
    ['a setting of the wrong kind', { settings: { randn_source: 'TPU' } }, 'REQUEST_INVALID', 'TPU'],
    ['width 0', { width: 0 }, 'SIZE_INVALID', '0'],
    ['a negative height', { height: -64 }, 'SIZE_INVALID', '-64'],
    ['a width of 100,000', { width: 100_000 }, 'SIZE_INVALID', '100000'],
    ['half a pixel', { width: 64.5 }, 'SIZE_INVALID', '64.5'],
    ['no steps', { steps: 0 }, 'REQUEST_INVALID', 'steps'],
    ['a prompt that is no text', { prompt: 7 as unknown as string }, 'REQUEST_INVALID', 'prompt'],
  ])('%s', async (_, change, code, named) => {
    const error = await host.txt2img({ ...request, ...change }).then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(named);
  });

  it('a size that is no multiple of 8 is cut to the latent grid, as the webui does', async () => {
    const result = await host.txt2img({ ...request, width: 70, height: 65 });
    expect(result.images[0]?.image.width).toBe(64);
    expect(result.images[0]?.image.height).toBe(64);
    expect(result.images[0]?.infotext).toContain('Size: 70x65');
  });

  it('a folder that cannot be written fails before anything is made, and nothing is left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'armature-out-'));
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const steps: string[] = [];
    const run = host.txt2img(request, { out: join(file, 'pictures'), onProgress: ({ stage }) => steps.push(stage) });
    await expect(run).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(steps).not.toContain('sampling');
    expect(readdirSync(folder)).toEqual(['a-file']);
  });
});
