import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNTIME, startRuntime } from '@armature/core';
import { isTensor, Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import controlnet from '../src/index.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Runtime = Awaited<ReturnType<typeof startRuntime>>;

const { name, version, armature } = manifest;
const request = { prompt: 'a red circle', negativePrompt: 'blue', seed: 5, steps: 3, width: 64, height: 64 };
const side = 64;
const stripes = new Raster(
  Uint8Array.from({ length: side * side * 3 }, (_, at) => (Math.floor(at / 3 / side) % 16 < 8 ? 230 : 20 + (at % 3) * 60)),
  { width: side, height: side, channels: 3 },
);

let host: Host;
let runtime: Runtime;
/** A second folder of models, with the checkpoint under another name. */
let folder: string;
/** Sessions that were created. */
let loads = 0;
/** Values that came from the runtime as tensors, by output. */
const crossed = new Map<string, number>();
/** Handles that were kept: at the moment, at most, and in all. */
let kept = { now: 0, most: 0, all: 0 };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reference-'));
  const checkpoints = join(folder, 'Stable-diffusion');
  await cp(join(tinyModelFolder, 'Stable-diffusion'), checkpoints, { recursive: true });
  for (const file of await readdir(checkpoints))
    await rename(join(checkpoints, file), join(checkpoints, file.replace('tiny-sd1.', 'late.')));
  runtime = await startRuntime({});
  const counted: Runtime = new Proxy(runtime, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (member === 'load') loads++;
        const result: unknown = await value.apply(target, args);
        if (member === 'run')
          for (const [output, found] of Object.entries((result as Awaited<ReturnType<Runtime['run']>>).outputs))
            if (isTensor(found)) crossed.set(output, (crossed.get(output) ?? 0) + found.size);
            else kept = { now: kept.now + 1, most: Math.max(kept.most, kept.now + 1), all: kept.all + 1 };
        if (member === 'release') kept.now -= (args[0] as readonly unknown[]).length;
        return result;
      };
    },
  });
  host = await createTestHost({
    models: [tinyModelFolder, folder],
    extensions: [{ manifest: { name, version, ...armature } as never, definition: controlnet }],
    provide: [[RUNTIME, () => async () => counted]],
  });
});
afterAll(async () => {
  await host?.dispose();
  await runtime?.dispose();
  await rm(folder, { recursive: true, force: true });
});

const run = (units: readonly object[], more: object = {}) =>
  host.txt2img({
    ...request,
    ...more,
    extensions: {
      'armature.controlnet': { units: units.map((unit) => ({ enabled: true, module: 'reference_only', image: stripes, ...unit })) },
    },
  });
const make = async (units: readonly object[], more: object = {}): Promise<string> => {
  const { images, faults } = await run(units, more);
  expect(faults).toEqual([]);
  return Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64');
};

it('every module, mode, weight and fidelity makes its own picture in one and the same session', async () => {
  const first = await make([{}]);
  const before = loads;
  const others = [
    { module: 'reference_adain' },
    { module: 'reference_adain+attn' },
    { weight: 0.4 },
    { threshold_a: 1 },
    { control_mode: 'My prompt is more important' },
    { control_mode: 'ControlNet is more important' },
    { guidance_end: 0.2 },
    { image: stripes.map((value) => 255 - value) },
  ];
  const made = [first];
  for (const unit of others) made.push(await make([unit]));
  // Full fidelity is what the mode that wants control does: those two are one picture.
  expect(new Set(made).size).toBe(others.length);
  expect(made[4]).toBe(made[6]);
  expect(await make([{}])).toBe(first);
  expect(loads).toBe(before);
});

it('what a reference leaves in the network stays in the runtime process, and is gone with its step', async () => {
  crossed.clear();
  kept = { now: 0, most: 0, all: 0 };
  await make([{ module: 'reference_adain+attn' }]);
  expect([...crossed.keys()].filter((output) => output.includes('reference'))).toEqual([]);
  // Two rows of 4×8×8 in each of three steps: nothing but the prediction.
  expect(crossed.get('epsilon')).toBe(3 * 2 * 256);
  expect(kept.all).toBeGreaterThan(0);
  expect(kept).toMatchObject({ now: 0, most: kept.all / 3 });
  expect((await runtime.memory()).handles).toBe(0);
});

it('two references are looked at together', async () => {
  const inverted = { image: stripes.map((value) => 255 - value) };
  const [one, other] = [await make([{}]), await make([inverted])];
  const both = await make([{}, inverted]);
  expect(new Set([one, other, both]).size).toBe(3);
  // As in the original the second run uses up what another kind of reference has left: two kinds are not the module that is both.
  expect(await make([{}, { module: 'reference_adain' }])).not.toBe(await make([{ module: 'reference_adain+attn' }]));
});

it('a weight of 0 and a unit that is off leave the picture as it is', async () => {
  const plain = Buffer.from((await host.txt2img(request)).images[0]?.image.toBytes() ?? []).toString('base64');
  expect(await make([{ weight: 0, module: 'reference_adain+attn' }])).toBe(plain);
  expect(await make([{ enabled: false }])).toBe(plain);
});

it('works in both runs of hires fix, or in the one that is asked for, and shows a map for each size', async () => {
  const hires = { hires: { scale: 1.5, upscaler: 'Latent', denoisingStrength: 0.7 } };
  const made = [];
  for (const option of ['Both', 'Low res only', 'High res only']) made.push(await make([{ hr_option: option }], hires));
  expect(new Set(made).size).toBe(3);
  const { images } = await run([{}], hires);
  expect(images.map(({ image }) => image.width)).toEqual([96, 96, 64]);
});

it('ends with a refiner, even one of the same weights', async () => {
  const refiner = { refiner: { model: 'late', switchAt: 0.5 } };
  const plain = await make([{ enabled: false }]);
  expect((await make([{ enabled: false }], refiner)) === plain).toBe(true);
  expect(new Set([plain, await make([{}]), await make([{}], refiner)]).size).toBe(3);
});

it('a reference without a picture is a fault; the picture is made and says so', async () => {
  const { images, faults } = await run([{ image: undefined }]);
  expect(faults).toMatchObject([{ extension: 'armature.controlnet' }]);
  expect(String(faults[0]?.cause)).toMatch(/unit 0 was left out: it has no picture/);
  expect(images[0]?.infotext).toMatch(/Skipped/);
  expect((await runtime.memory()).handles).toBe(0);
});
