import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUNTIME, startRuntime } from '@armature/core';
import { type Latent, Raster, Tensor } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maxDifference } from '../../../../test/fidelity/forward/max-difference.js';
import { readTensors } from '../../../../test/fidelity/forward/read-tensors.js';
import { openWeights } from '../../../core/src/checkpoint/index.js';
import { decodeImage } from '../../../core/src/image/index.js';
import { type TorchTensor, torchBytes } from '../../../core/test/checkpoint/torch-bytes.js';
import manifest from '../../package.json' with { type: 'json' };
import controlnet from '../../src/index.js';
import { writeTinyModels } from './tiny-models.js';

// The other side is PyTorch: tools/control/ip-adapter-oracle.py.
const expected = await readTensors(fileURLToPath(new URL('oracle.safetensors', import.meta.url)));
/** Of latents of up to 60, after four steps. */
const LIMIT = 1e-3;
const { name, version, armature } = manifest;

let folder: string;
let host: Awaited<ReturnType<typeof createTestHost>>;
let runtime: Awaited<ReturnType<typeof startRuntime>>;
let picture: Raster;
/** Sessions that were created, by label. */
const loads: string[] = [];
const latents: Latent[] = [];
const watcher = inlineExtension('test.watcher', {
  setup({ hooks }) {
    hooks.sampling.step.tap(({ latent }) => void latents.push(latent));
  },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-ip-adapter-'));
  await writeTinyModels(folder);
  await writeReleased();
  picture = await decodeImage(await readFile(new URL('../../../../test/fidelity/pictures/init_64x64.png', import.meta.url)), {
    name: 'init',
  });
  runtime = await startRuntime({});
  const counted = new Proxy(runtime, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly [{ label: string }]) => {
        if (member === 'load') loads.push(args[0].label);
        return value.apply(target, args);
      };
    },
  });
  host = await createTestHost({
    models: [folder],
    // Beside networks that ride on the same layers.
    extensions: [
      watcher,
      { from: fileURLToPath(new URL('../../../ext-lora', import.meta.url)) },
      { manifest: { name, version, ...armature } as never, definition: controlnet },
    ],
    settings: { randn_source: 'CPU' },
    provide: [[RUNTIME, () => async () => counted]],
  });
});
afterAll(async () => {
  await host?.dispose();
  await runtime?.dispose();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  latents.length = 0;
  loads.length = 0;
});

/** The plain adapter as it was released first: one dictionary in another. */
async function writeReleased(): Promise<void> {
  const file = await openWeights(join(folder, 'ControlNet/ip-adapter_sd15.safetensors'));
  const parts: Record<string, Record<string, TorchTensor>> = { image_proj: {}, ip_adapter: {} };
  for (const key of file.keys) {
    const [part = '', ...rest] = key.split('.');
    const { shape, read } = file.get(key)!;
    parts[part]![rest.join('.')] = { storage: 'FloatStorage', shape, data: new Uint8Array((await read()).buffer) };
  }
  await file.close();
  await writeFile(join(folder, 'ControlNet/released.bin'), torchBytes(parts));
}

/** A part of the picture, of the encoder's own size. */
function corner(left = 0, top = 0): Raster {
  const data = picture.toBytes();
  const { width, channels } = picture;
  const at = (x: number, y: number, c: number): number => data[((top + y) * width + left + x) * channels + c]!;
  const bytes = Uint8Array.from({ length: 16 * 16 * 3 }, (_, index) => at(Math.floor(index / 3) % 16, Math.floor(index / 48), index % 3));
  return new Raster(bytes, { width: 16, height: 16, channels: 3 });
}

type Unit = Readonly<Record<string, unknown>>;
const unit = (changes: Unit = {}): Unit => ({
  ...{ enabled: true, module: 'ip-adapter-auto', model: 'ip-adapter_sd15', image: corner(), weight: 0.7 },
  ...changes,
});

/** Four steps with guidance, and what became of them. */
async function make(units: readonly Unit[], changes: object = {}) {
  return host.txt2img({
    ...{ model: 'tiny-sd15', prompt: 'a red cat', negativePrompt: 'blurry photo', seed: 7, steps: 4, width: 64, height: 64 },
    ...{ sampler: 'Euler', scheduler: 'uniform', cfgScale: 5 },
    ...(units.length > 0 && { extensions: { 'armature.controlnet': { units } } }),
    ...changes,
  });
}
async function trajectory(units: readonly Unit[]): Promise<Tensor> {
  latents.length = 0;
  const { faults } = await make(units);
  expect(faults).toEqual([]);
  const [first, ...others] = latents.map((latent) => new Tensor(latent.toFloat32Array(), latent.shape));
  return first!.concat(...others);
}
const apart = (a: Tensor, b: Tensor): number => maxDifference(a.toFloat32Array(), b.toFloat32Array());
const problemOf = async (units: readonly Unit[], changes?: object): Promise<string> => {
  const { faults, images } = await make(units, changes);
  expect(images).toHaveLength(1);
  return faults.map(({ code, message }) => `${code}: ${message}`).join('\n');
};

describe('runs that see a picture against PyTorch', () => {
  it.each(['ip-adapter_sd15', 'ip-adapter-plus_sd15'])('%s', async (model) => {
    expect(apart(await trajectory([unit({ model })]), expected.get(`${model}.run`)!)).toBeLessThanOrEqual(LIMIT);
  });

  it('a unit speaks from its start to its end, and the control mode says nothing', async () => {
    const ended = await trajectory([unit({ guidance_end: 0, control_mode: 'ControlNet is more important' })]);
    expect(apart(ended, expected.get('ended.run')!)).toBeLessThanOrEqual(LIMIT);
    expect(apart(ended, expected.get('ip-adapter_sd15.run')!)).toBeGreaterThan(LIMIT);
  });
});

describe('units', () => {
  it('another picture, weight or adapter builds no network of the checkpoint', async () => {
    const plain = await trajectory([]);
    await trajectory([unit()]);
    loads.length = 0;
    const changes: readonly Unit[] = [
      { image: corner(40, 24) },
      { weight: 0.2 },
      { model: 'ip-adapter-full-face_sd15' },
      { guidance_start: 0.2 },
    ];
    const made = [];
    for (const change of changes) made.push(await trajectory([unit(change)]));
    for (const [at, one] of made.entries()) {
      expect(apart(one, plain)).toBeGreaterThan(LIMIT);
      for (const other of made.slice(at + 1)) expect(apart(one, other)).toBeGreaterThan(LIMIT);
    }
    expect(loads.filter((label) => !/ip-adapter|clip-vision/.test(label))).toEqual([]);
    loads.length = 0;
    await trajectory([unit({ weight: 0.9 })]);
    expect(loads).toEqual([]);
  });

  it('a file of PyTorch with one dictionary in another is the same', async () => {
    expect(apart(await trajectory([unit({ model: 'released' })]), await trajectory([unit()]))).toBe(0);
  });

  it('a weight of nothing leaves the picture as it is', async () => {
    expect(apart(await trajectory([unit({ weight: 0 })]), await trajectory([]))).toBe(0);
  });

  it('two units add up, and several pictures of one are their mean', async () => {
    const [one, twice] = [await trajectory([unit({ weight: 0.7 })]), await trajectory([unit({ weight: 0.3 }), unit({ weight: 0.4 })])];
    expect(apart(one, twice)).toBeLessThan(LIMIT);
    const same = [{ image: corner() }, { image: corner() }];
    expect(apart(one, await trajectory([unit({ image: same })]))).toBeLessThan(LIMIT);
    const others = [{ image: corner() }, { image: corner(40, 24) }];
    expect(apart(one, await trajectory([unit({ image: others })]))).toBeGreaterThan(LIMIT);
  });

  it('a refiner does not see the picture', async () => {
    const refiner = { model: 'tiny-xl', switchAt: 0.5 };
    const [seen, blind] = [await make([unit()], { refiner }), await make([], { refiner })];
    expect(seen.faults).toEqual([]);
    expect(Buffer.from(seen.images[0]!.image.toBytes()).equals(Buffer.from(blind.images[0]!.image.toBytes()))).toBe(false);
  });

  it('a mask takes out a part of its picture, a region a part of the result', async () => {
    const half = (value: number) => (at: number) => (Math.floor(at / 3) % 16 < 8 ? value : 0);
    const left = new Raster(
      Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => half(255)(at)),
      { width: 16, height: 16, channels: 3 },
    );
    const one = await trajectory([unit()]);
    expect(apart(one, await trajectory([unit({ mask: left })]))).toBeGreaterThan(LIMIT);
    expect(apart(one, await trajectory([unit({ effective_region_mask: left })]))).toBeGreaterThan(LIMIT);
    const all = new Raster(new Uint8Array(16 * 16 * 3).fill(255), { width: 16, height: 16, channels: 3 });
    expect(apart(one, await trajectory([unit({ effective_region_mask: all })]))).toBeLessThan(LIMIT);
  });

  it('a batch of odd size, and one weight for each transformer', async () => {
    expect(await problemOf([unit()], { width: 72, height: 104, steps: 1 })).toBe('');
    expect((await make([unit()], { batchSize: 2, steps: 1 })).faults).toEqual([]);
    const advanced_weighting = Array.from({ length: 16 }, () => 0.7);
    expect(apart(await trajectory([unit({ advanced_weighting })]), await trajectory([unit()]))).toBe(0);
    const middle = advanced_weighting.with(15, 0);
    expect(apart(await trajectory([unit({ advanced_weighting: middle })]), await trajectory([unit()]))).toBeGreaterThan(0);
  });

  it('no map stands behind the results, and the parameters name the unit', async () => {
    const { images, extras } = (await make([unit()])) as { images: readonly { infotext: string }[]; extras?: readonly unknown[] };
    expect(extras ?? []).toEqual([]);
    expect(images).toHaveLength(1);
    expect(images[0]?.infotext).toContain('Module: ip-adapter-auto, Model: ip-adapter_sd15, Weight: 0.7');
  });
});

describe('what cannot be used', () => {
  it('an encoder that is not there is named with its folder', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'armature-ip-adapter-'));
    await writeTinyModels(bare, (model) => /tiny-sd15|ip-adapter_sd15|clip_h/.test(model));
    const { name: own, ...rest } = manifest;
    const without = await createTestHost({
      models: [bare],
      extensions: [{ manifest: { name: own, version: rest.version, ...rest.armature } as never, definition: controlnet }],
    });
    try {
      const extensions = { 'armature.controlnet': { units: [unit({ module: 'ip-adapter_clip_sdxl' })] } };
      const { faults } = await without.txt2img({ prompt: 'a red cat', steps: 1, width: 64, height: 64, extensions });
      const file = 'clip_g.safetensors (or .pth; the image encoder ViT-bigG/14)';
      expect(faults[0]?.message).toContain(`There is no clip-vision "${file}" in clip_vision. Known: clip_h.`);
    } finally {
      await without.dispose();
      await rm(bare, { recursive: true, force: true });
    }
  });

  it.each<readonly [string, Unit, string]>([
    ['no picture', { image: null }, 'it has no picture'],
    ['the other encoder', { module: 'ip-adapter_clip_sdxl' }, 'ip-adapter_sd15 sees 24 channels'],
    [
      'an adapter of another family',
      { model: 'ip-adapter_sdxl', module: 'ip-adapter_clip_sdxl' },
      'the checkpoint has 16 that see 64; take an adapter of its family',
    ],
    ['a preprocessor of maps', { module: 'canny' }, 'is no control model known here'],
  ])('%s', async (_, change, said) => {
    expect(await problemOf([unit(change)])).toContain(said);
  });
});
