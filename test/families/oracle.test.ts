import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '@armature/core';
import { type Conditioning, type GenerationRequest, type Latent, Tensor } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtinFamilies } from '../../packages/core/src/families/index.js';
import { decodeImage } from '../../packages/core/src/image/index.js';
import { FamilyNetworks } from '../fidelity/forward/family-networks.js';
import { maxDifference } from '../fidelity/forward/max-difference.js';
import { readTensors } from '../fidelity/forward/read-tensors.js';
import { layouts, writeCheckpoint } from './tiny-checkpoints.js';

// The other side is PyTorch: tools/families/oracle.py. The checkpoints are made anew from their seeds.
const pass = 1e-4;
/** A part of the largest value. */
const relative = 1e-4;
/** Of latents of up to 60, after four steps. */
const run = 1e-3;
const expected = await readTensors(fileURLToPath(new URL('oracle.safetensors', import.meta.url)));
const differs = (name: string, found: Tensor | undefined): number =>
  found ? maxDifference(found.toFloat32Array(), expected.get(name)!.toFloat32Array()) : Number.POSITIVE_INFINITY;
const differsBy = (name: string, found: Tensor | undefined): number =>
  differs(name, found) /
  expected
    .get(name)!
    .toFloat32Array()
    .reduce((most, value) => Math.max(most, Math.abs(value)), 0);

let folder: string;
let host: Host;
const latents: Latent[] = [];
const conditionings: { negative: boolean; value: Conditioning; family: string }[] = [];
const watcher = inlineExtension('test.watcher', {
  setup({ hooks }) {
    hooks.sampling.step.tap(({ latent }) => void latents.push(latent));
    hooks.prompt.conditioning.tap((value, { negative, model }) => {
      conditionings.push({ negative, value, family: model.family });
      return value;
    });
  },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-families-'));
  for (const [name, { entries, seed }] of Object.entries(layouts))
    await writeCheckpoint(join(folder, `${name}.safetensors`), entries, seed);
  host = await createTestHost({ models: [folder], extensions: [watcher], settings: { randn_source: 'CPU' } });
});
afterAll(async () => {
  await host?.dispose();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  latents.length = 0;
  conditionings.length = 0;
});

const request: Partial<GenerationRequest> & { prompt: string } = {
  ...{ prompt: 'a red cat', negativePrompt: 'blurry photo', seed: 7, steps: 4, width: 64, height: 64 },
  ...{ sampler: 'Euler', scheduler: 'uniform', cfgScale: 5 },
};
const trajectory = (): Tensor => {
  const [first, ...others] = latents.map((latent) => new Tensor(latent.toFloat32Array(), latent.shape));
  return first!.concat(...others);
};
const familyOf = (name: string) => builtinFamilies.find((family) => family.name === name)!;

describe('families against PyTorch', () => {
  it('an edit model: one pass', async () => {
    await using networks = await FamilyNetworks.start(familyOf('sd1'), join(folder, 'tiny-edit.safetensors'));
    await host.txt2img({ ...request, model: 'tiny-edit', steps: 1 });
    const context = conditionings.find(({ negative }) => !negative)!.value.crossAttention;
    const unet = await networks.open('unet');
    const { epsilon } = await unet({ latent: expected.get('edit.latent')!, timestep: new Tensor([500.5], [1]), context });
    expect(differs('edit.out', epsilon)).toBeLessThanOrEqual(pass);
  });

  it('an edit model: a picture changed with two guidances', async () => {
    const picture = fileURLToPath(new URL('../fidelity/pictures/init_64x64.png', import.meta.url));
    const image = await decodeImage(await readFile(picture), { name: 'init' });
    const init = { images: [image], denoisingStrength: 1, imageCfgScale: 1.5 };
    await host.img2img({ ...request, model: 'tiny-edit', init });
    expect(differs('edit.run', trajectory())).toBeLessThanOrEqual(run);
  });

  it('LCM: one pass', async () => {
    await using networks = await FamilyNetworks.start(familyOf('sd1'), join(folder, 'tiny-lcm.safetensors'));
    await host.txt2img({ ...request, model: 'tiny-lcm', steps: 1 });
    const context = conditionings.find(({ negative }) => !negative)!.value.crossAttention;
    const unet = await networks.open('unet');
    const { epsilon } = await unet({ latent: expected.get('noise')!, timestep: new Tensor([679], [1]), context });
    expect(differsBy('lcm.out', epsilon)).toBeLessThanOrEqual(relative);
  });

  it.each([
    ["diffusers' eight steps", 'lcm.run', { steps: 8, cfgScale: 1 }],
    ['four guided steps between its levels', 'lcm.guided', { steps: 4, cfgScale: 1.5 }],
  ])('LCM: %s', async (_, name, changes) => {
    await host.txt2img({ ...request, model: 'tiny-lcm', sampler: 'LCM', ...changes });
    expect(latents).toHaveLength(changes.steps);
    expect(differsBy(name, trajectory())).toBeLessThanOrEqual(relative);
  });

  it.each([
    ['base', 'tiny-xl', 'sdxl'],
    ['refiner', 'tiny-xl-refiner', 'sdxl-refiner'],
  ])('SDXL %s: text, vector and one pass', async (name, model, family) => {
    await host.txt2img({ ...request, model, steps: 1 });
    const { value } = conditionings.find((found) => !found.negative && found.family === family)!;
    const pooled = expected.get(`${name}.pooled`)!;
    expect(differs(`${name}.context`, value.crossAttention)).toBeLessThanOrEqual(pass);
    expect(differs(`${name}.pooled`, new Tensor(value.vector!.toFloat32Array().slice(0, pooled.size), pooled.shape))).toBeLessThanOrEqual(
      pass,
    );
    await using networks = await FamilyNetworks.start(familyOf(family), join(folder, `${model}.safetensors`));
    const unet = await networks.open('unet');
    const { epsilon } = await unet({
      latent: expected.get('noise')!,
      timestep: new Tensor([500.5], [1]),
      context: value.crossAttention,
      vector: value.vector!,
    });
    expect(differs(`${name}.out`, epsilon)).toBeLessThanOrEqual(pass);
  });

  it('SDXL base: a run', async () => {
    await host.txt2img({ ...request, model: 'tiny-xl' });
    expect(differs('base.run', trajectory())).toBeLessThanOrEqual(run);
  });

  it('SDXL base, then its refiner from half way on', async () => {
    const { images } = await host.txt2img({
      ...request,
      model: 'tiny-xl',
      refiner: { model: 'tiny-xl-refiner', switchAt: 0.5 },
      settings: { refiner_switch_by_sample_steps: true },
    });
    expect(differs('refined.run', trajectory())).toBeLessThanOrEqual(run);
    expect(images[0]?.infotext).toContain('Refiner: tiny-xl-refiner');
  });
});
