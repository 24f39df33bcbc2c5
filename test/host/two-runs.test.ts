import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, HostConfig, JobProgress } from '@armature/core';
import { defineExtension, type SamplingPlan } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 1, steps: 4, width: 64, height: 64 };
const plans: SamplingPlan[] = [];
let finals = 0;
const moments: string[] = [];
const watcher: HostConfig['extensions'] = [
  {
    manifest: { version: '1.0.0', armature: { api: 1, id: 'test.watcher', engines: { armature: '*' } } },
    definition: defineExtension({
      setup({ hooks }) {
        hooks.sampling.plan.tap((plan) => void plans.push(plan));
        hooks.sampling.done.tap(() => void finals++);
        hooks.prompt.conditioning.tap(() => void moments.push('prompt'));
        hooks.sampling.step.tap(() => void (moments.at(-1) !== 'step' && moments.push('step')));
      },
    }),
  },
];

describe('hires fix', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost({ extensions: watcher });
  });
  afterAll(() => host.dispose());
  beforeEach(() => {
    plans.length = 0;
    finals = 0;
    moments.length = 0;
  });

  it('reads its prompts before the first run where settings want it, but not for another checkpoint', async () => {
    const settings = { hires_fix_use_firstpass_conds: true };
    const [read, steps] = [['prompt', 'prompt'], ['step']];
    await host.txt2img({ ...request, hires: {}, settings });
    expect(moments.splice(0)).toEqual([...read, ...read, ...steps]);
    await host.txt2img({ ...request, hires: { model: 'tiny-sd1' }, settings });
    expect(moments.splice(0)).toEqual([...read, ...steps, ...read, ...steps]);
    await host.txt2img({ ...request, hires: {} });
    expect(moments.splice(0)).toEqual([...read, ...steps, ...read, ...steps]);
  });

  it('is a second run of the same line: planned like the first, finished once', async () => {
    const hires = { sampler: 'Euler a', steps: 3, cfgScale: 2, denoisingStrength: 0.5 };
    const { images } = await host.txt2img({ ...request, hires });
    expect([images[0]?.image.width, images[0]?.image.height]).toEqual([128, 128]);
    expect(plans.map(({ sampler, steps, cfgScale }) => ({ sampler, steps, cfgScale }))).toEqual([
      { sampler: 'Euler', steps: 4, cfgScale: 7 },
      { sampler: 'Euler a', steps: 3, cfgScale: 2 },
    ]);
    expect(finals).toBe(1);
    expect(images[0]?.infotext).toMatch(
      /Hires sampler: Euler a, Hires CFG Scale: 2\.0, Hires upscale: 2\.0, Hires steps: 3, Hires upscaler: Latent/,
    );
  });

  it('tells of both runs in one progress that never goes back', async () => {
    const told: JobProgress[] = [];
    await host.txt2img({ ...request, hires: { upscaler: 'Lanczos' } }, { onProgress: (progress) => void told.push(progress) });
    const shares = told.map(({ fraction }) => fraction);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(new Set(told.map(({ stage }) => stage))).toContain('encode');
  });

  it('covers a size of another ratio and cuts it', async () => {
    const { images } = await host.txt2img({ ...request, hires: { width: 96, height: 128 } });
    expect([images[0]?.image.width, images[0]?.image.height]).toEqual([96, 128]);
  });

  it.each([
    ['an upscaler nobody has', { upscaler: 'Lanczoss' }, 'UPSCALER_UNKNOWN', /Latent \(bicubic\).*Lanczos/],
    ['a size no picture has', { width: 16_384, height: 8 }, 'SIZE_INVALID', /hires/],
    ['a sampler nobody has', { sampler: 'Eulerr' }, 'SAMPLER_UNKNOWN', /Eulerr/],
    ['a checkpoint that is not there', { model: 'nowhere' }, 'MODEL_NOT_FOUND', /nowhere/],
    ['a strength above 1', { denoisingStrength: 2 }, 'REQUEST_INVALID', /hires.denoisingStrength/],
  ])('%s is refused before the first step', async (_, hires, code, named) => {
    const failed = host.txt2img({ ...request, width: 32, hires });
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(named);
    expect(finals).toBe(0);
  });

  it('is cancelled in its second run without a picture', async () => {
    const stop = new AbortController();
    const onProgress = ({ stage }: JobProgress) => void (stage === 'encode' && stop.abort());
    expect(await host.txt2img({ ...request, hires: {} }, { signal: stop.signal, onProgress })).toMatchObject({
      status: 'cancelled',
      images: [],
    });
  });
});

describe('a refiner', () => {
  it('that is not there is named before the first step; the same checkpoint changes nothing', async () => {
    const host = await createTestHost();
    try {
      await expect(host.txt2img({ ...request, refiner: { model: 'nowhere' } })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      const plain = await host.txt2img(request);
      const refined = await host.txt2img({ ...request, refiner: { model: 'tiny-sd1', switchAt: 0.5 } });
      expect(refined.images[0]?.image.toBytes()).toEqual(plain.images[0]?.image.toBytes());
      expect(refined.images[0]?.infotext).not.toContain('Refiner');
    } finally {
      await host.dispose();
    }
  });

  it('is the model that hooks of a step are told once it has taken over', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'refiner-'));
    await cp(tinyModelFolder, folder, { recursive: true });
    const checkpoints = join(folder, 'Stable-diffusion');
    await rename(join(checkpoints, 'tiny-sd1.safetensors'), join(checkpoints, 'late.safetensors'));
    const told: string[] = [];
    const listening = defineExtension({
      setup({ hooks }) {
        hooks.sampling.feeds.tap((_, { model }) => void told.push(model.name));
        hooks.sampling.step.tap((_, { model }) => void told.push(model.name));
      },
    });
    const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.listening', engines: { armature: '*' } } };
    const host = await createTestHost({ models: [tinyModelFolder, folder], extensions: [{ manifest, definition: listening }] });
    try {
      await host.txt2img({ ...request, refiner: { model: 'late', switchAt: 0.5 } });
      expect(told).toEqual([...new Array(4).fill('tiny-sd1'), ...new Array(4).fill('late')]);
    } finally {
      await host.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
