import { fileURLToPath } from 'node:url';
import type { Host, RequestInput } from '@armature/core';
import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModels, type ModelsFromDeltas } from '../fidelity/models-from-deltas.js';

const models = fileURLToPath(new URL('../fidelity/models', import.meta.url));
const request = { prompt: 'a red circle', seed: 1, steps: 4, width: 64, height: 64, model: 'tiny-random-sd1' };
const refiner = { model: 'tiny-random-sd1-b', switchAt: 0.5 };

/** Combinations without a recorded case; expected texts follow from the original's source (webui 1.10.1). */
describe('the parameters of combined runs', () => {
  let host: Host;
  let built: ModelsFromDeltas;
  beforeAll(async () => {
    built = await buildModels(models);
    host = await createTestHost({ models: [models, built.folder] });
  });
  afterAll(async () => {
    await host.dispose();
    await built.remove();
  });

  const made = async (more: Partial<RequestInput>) => {
    const wanted = { ...request, ...more };
    const { images } = await (wanted.init ? host.img2img(wanted as never) : host.txt2img(wanted));
    return images[0] as NonNullable<(typeof images)[0]>;
  };
  /** What stands behind the common parameters. */
  const told = async (more: Partial<RequestInput>) =>
    (await made(more)).infotext
      .split('\n')
      .at(-1)
      ?.replace(/^.*Model: [\w.-]+, /, '')
      .replace(/ \[\w+\]|,? ?Version: .*$/g, '');

  const hires = { steps: 2, denoisingStrength: 0.6 };
  const told2 = 'Denoising strength: 0.6, Hires upscale: 2.0, Hires steps: 2, Hires upscaler: Latent';
  const refined = 'Refiner: tiny-random-sd1-b, Refiner switch at: 0.5';

  it.each([
    ['second pass', `${told2}, ${refined}`],
    ['first pass', `${told2}, Hires refiner: first pass, ${refined}`],
    ['both passes', `${told2}, Hires refiner: both passes, ${refined}`],
  ])('name the run that was refined: %s', async (pass, expected) => {
    const settings = { hires_fix_refiner_pass: pass };
    expect(await told({ hires, refiner, settings })).toBe(expected);
    const pasted = await host.paste((await made({ hires, refiner, settings })).infotext);
    expect((pasted.request.settings as Record<string, unknown> | undefined)?.hires_fix_refiner_pass ?? 'second pass').toBe(pass);
  });

  it('stand in the order in which calls had their effects', async () => {
    const guided = { skip_early_cond: 0.1, s_min_uncond: 1, pad_cond_uncond: true, refiner_switch_by_sample_steps: true };
    const prompt = 'red '.repeat(80);
    const late = { ...guided, s_min_uncond: 15, s_min_uncond_all: true };
    const first = 'Refiner switch by sampling steps: True, Skip Early CFG: 0.1';
    expect(await told({ prompt, refiner, settings: guided })).toBe(`${first}, ${refined}, NGMS: 1.0, Pad conds: True`);
    expect(await told({ prompt, refiner, settings: late })).toBe(`${first}, NGMS: 15.0, NGMS all steps: True, ${refined}, Pad conds: True`);
    expect(await told({ settings: { refiner_switch_by_sample_steps: true } })).toBe('Refiner switch by sampling steps: True');
  });

  it('tell options of the noise levels where they acted', async () => {
    const settings = { sgm_noise_multiplier: true, always_discard_next_to_last_sigma: true };
    const init = { images: [new Raster(new Uint8Array(64 * 64), { width: 64, height: 64, channels: 1 })], denoisingStrength: 0.5 };
    expect(await told({ settings })).toBe('Discard penultimate sigma: True, SGM noise multiplier: True');
    expect(await told({ settings, init })).toBe('Denoising strength: 0.5, Discard penultimate sigma: True');
    expect(await told({ settings, sampler: 'DDIM' })).toBe('Discard penultimate sigma: True');
    const mask = { image: init.images[0] as Raster, area: 'masked' as const, content: 'latent noise' as const };
    expect(await told({ init: { ...init, mask } })).toBe('Denoising strength: 0.5, Mask blur: 4');
  });

  it('tell the schedule of a second run that has another', async () => {
    const type = async (more: Partial<RequestInput>) => /Hires schedule type: ([\w ]+)/.exec((await made(more)).infotext)?.[1];
    expect(await type({ sampler: 'DDIM', scheduler: 'Karras', hires: { ...hires, sampler: 'Euler' } })).toBe('Karras');
    expect(await type({ sampler: 'DPM++ 2M', hires })).toBeUndefined();
    // The schedule in the name of the first sampler is that of the request.
    expect(await type({ sampler: 'Euler Karras', hires: { ...hires, sampler: 'Euler a' } })).toBeUndefined();
    expect(await type({ sampler: 'DPM++ 2M Karras', hires: { ...hires, sampler: 'Euler a' } })).toBe('Automatic');
    expect(await type({ sampler: 'DPM++ 2M', hires: { ...hires, sampler: 'DDIM' } })).toBeUndefined();
    expect(await type({ sampler: 'DPM++ 2M', hires: { ...hires, sampler: 'Euler' } })).toBe('Automatic');
  });

  it('name old timelines where they made a difference', async () => {
    const settings = { use_old_scheduling: true };
    const [old, plain] = ['a [red:blue:1.0] dot', 'a dot'];
    expect(await told({ prompt: old, settings })).toBe('Old prompt editing timelines: True');
    expect(await told({ prompt: plain, settings })).toBe('');
  });

  it('of a plain checkpoint with an inpainting one behind it', async () => {
    const model = 'tiny-random-sd1-inpainting';
    const settings = { inpainting_mask_weight: 0.5 };
    expect(await told({ hires: { ...hires, model, upscaler: 'Lanczos' }, settings })).toMatch(
      /Conditional mask weight: 0\.5, Hires checkpoint: tiny-random-sd1-inpainting,/,
    );
    expect(await told({ model, refiner, settings })).toBe(`Conditional mask weight: 0.5, ${refined}`);
    await expect(made({ refiner: { model } })).rejects.toThrow(/refiner\.model: takes over only from/);
  });
});
