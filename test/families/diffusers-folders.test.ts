import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FolderKind, writeDiffusersFolder } from './diffusers-folder.js';
import { layouts, writeCheckpoint } from './tiny-checkpoints.js';

const kinds = {
  sd1: { single: 'tiny-sd1', heads: 4 },
  sd2: { single: 'tiny-2', heads: 1 },
  sdxl: { single: 'tiny-xl', heads: 1 },
} as const satisfies Record<FolderKind, object>;

let root: string;
let home: string;
let host: Host;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'armature-diffusers-'));
  home = join(root, 'Stable-diffusion');
  await cp(join(tinyModelFolder, 'Stable-diffusion'), home, { recursive: true });
  for (const name of ['tiny-2', 'tiny-xl'])
    await writeCheckpoint(join(home, `${name}.safetensors`), layouts[name]!.entries, layouts[name]!.seed);
  for (const [kind, { single, heads }] of Object.entries(kinds)) {
    const options = { kind: kind as FolderKind, heads, unetHeads: 4, pieces: kind === 'sdxl' };
    await writeDiffusersFolder(join(home, `${single}.safetensors`), join(home, `${kind}-v1.5`), options);
  }
  host = await createTestHost({ models: [root], watch: false });
});
afterAll(async () => {
  await host?.dispose();
  await rm(root, { recursive: true, force: true });
});

async function make(on: Host, model: string): Promise<{ pixels: Uint8Array; infotext: string }> {
  const request = { prompt: 'a red circle on a (blue:1.3) background', negativePrompt: 'grey', seed: 3, steps: 3, width: 64, height: 64 };
  const { images } = await on.txt2img({ ...request, model });
  return { pixels: images[0]!.image.toBytes(), infotext: images[0]!.infotext };
}

describe('diffusers folders', () => {
  it('stand in lists as one model each, under the name of the folder', async () => {
    const names = (await host.models()).map(({ name }) => name);
    expect(names.sort()).toEqual(['sd1-v1.5', 'sd2-v1.5', 'sdxl-v1.5', 'tiny-2', 'tiny-sd1', 'tiny-xl']);
    const listed = (await host.models()).find(({ name }) => name === 'sdxl-v1.5')!;
    const parts = await Promise.all(['unet', 'vae', 'text_encoder', 'text_encoder_2'].map((part) => readdir(join(listed.path, part))));
    expect(parts[0]).toHaveLength(4);
    expect(listed.bytes).toBeGreaterThan(1e6);
  });

  it.each(Object.entries(kinds))('%s: the same picture as the single file, bit for bit', async (kind, { single }) => {
    const [folder, file] = [await make(host, `${kind}-v1.5`), await make(host, single)];
    expect(new Set(file.pixels).size).toBeGreaterThan(32);
    expect(Buffer.compare(folder.pixels, file.pixels)).toBe(0);
    expect(folder.infotext).toMatch(new RegExp(`Model hash: [0-9a-f]{10}, Model: ${kind}-v1\\.5`));
  });

  it.each(Object.keys(kinds))('%s: all that its networks need is found', async (kind) => {
    const { problems, check, format } = await host.describeModel(`${kind}-v1.5`, { check: true });
    expect(problems).toEqual([]);
    expect(format).toBe(`checkpoint (${kind})`);
    for (const { needed, matched } of check!.networks) expect(matched).toBe(needed);
    expect(check!.unread.map(({ module }) => module).filter((module) => /^(?:unet|first_stage_model|model)\b/.test(module))).toEqual([]);
  });

  it('pictures are the same from the weights cache', async () => {
    const cached = await createTestHost({ models: [root], watch: false, weightsCache: { smallest: 0 } });
    try {
      expect(Buffer.compare((await make(cached, 'sdxl-v1.5')).pixels, (await make(host, 'sdxl-v1.5')).pixels)).toBe(0);
      expect(await cached.cachedWeights()).toHaveLength(1);
    } finally {
      await cached.dispose();
    }
  });

  it('become a single file by a merge without others', async () => {
    const { path } = await host.mergeModels({ primary: 'sd2-v1.5', method: 'no-interpolation', name: 'joined' });
    expect(Buffer.compare((await make(host, 'joined')).pixels, (await make(host, 'tiny-2')).pixels)).toBe(0);
    await rm(path);
    await host.refresh();
  });

  it('that are not whole are refused with what is missing', async () => {
    const broken = join(home, 'broken');
    await mkdir(join(broken, 'unet'), { recursive: true });
    await writeFile(join(broken, 'model_index.json'), '{}');
    await host.refresh();
    await expect(make(host, 'broken')).rejects.toMatchObject({
      code: 'CKPT_FOLDER',
      message: expect.stringContaining('no weights in unet/'),
    });
    const index = 'unet/diffusion_pytorch_model.safetensors.index.json';
    await writeFile(join(broken, index), JSON.stringify({ weight_map: { a: '../../../etc/passwd' } }));
    await expect(make(host, 'broken')).rejects.toMatchObject({
      code: 'CKPT_FOLDER',
      message: expect.stringMatching(/names ".*passwd", which is not there/),
    });
    await cp(join(home, 'sd1-v1.5'), broken, { recursive: true });
    await writeFile(join(broken, index), '{');
    await expect(make(host, 'broken')).rejects.toMatchObject({ code: 'CKPT_FOLDER', message: expect.stringContaining('is no JSON') });
    await rm(broken, { recursive: true });
    await host.refresh();
  });

  it('a yaml beside the folder wins over its own descriptions', async () => {
    await cp(join(home, 'sd1-v1.5'), join(home, 'told'), { recursive: true });
    await writeFile(join(home, 'told.yaml'), 'model:\n  params:\n    parameterization: v\n');
    await host.refresh();
    expect((await host.describeModel('told')).facts.prediction).toBe('v');
    expect((await host.describeModel('sd1-v1.5')).facts.prediction).toBe('epsilon');
  });
});
