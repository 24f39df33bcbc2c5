import { mkdir, writeFile } from 'node:fs/promises';
import { createHost, type Host, type RequestInput } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from './armature.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const base: RequestInput = { prompt: 'a red circle on a blue background', seed: 7, steps: 4, cfgScale: 5, width: 64, height: 64 };
const long = `a ${'very '.repeat(80)}large star, [red:blue:0.5] BREAK a (moon:1.3) AND a [green|yellow] square :0.6`;

/** Twenty ways to make a picture; of a job with several pictures the last is taken. */
const varied: readonly Partial<RequestInput>[] = [
  {},
  { sampler: 'Euler a', negativePrompt: 'blurry, [dark:bright:2]', settings: { eta_ancestral: 0.7, eta_noise_seed_delta: 31337 } },
  { sampler: 'DPM++ 2M' },
  { sampler: 'DPM++ 2M SDE', scheduler: 'Exponential', settings: { s_noise: 0.9 } },
  { sampler: 'DPM++ SDE', scheduler: 'Karras', settings: { sigma_min: 0.1, sigma_max: 10, rho: 5 } },
  { sampler: 'Heun', scheduler: 'Beta', settings: { beta_dist_alpha: 0.3, beta_dist_beta: 0.8 } },
  { sampler: 'UniPC', scheduler: 'SGM Uniform' },
  { sampler: 'DDIM', settings: { eta_ddim: 0.4 } },
  { sampler: 'PLMS', settings: { CLIP_stop_at_last_layers: 2 } },
  { sampler: 'LCM', cfgScale: 1.5 },
  { sampler: 'DPM2 a', scheduler: 'KL Optimal' },
  { sampler: 'Restart', steps: 6 },
  { sampler: 'DPM adaptive' },
  { sampler: 'LMS', settings: { always_discard_next_to_last_sigma: true, sgm_noise_multiplier: true } },
  { subseed: 11, subseedStrength: 0.35, batchSize: 2 },
  { seedResizeFromWidth: 96, seedResizeFromHeight: 48, settings: { randn_source: 'NV' } },
  { prompt: 'a ((red)) circle, [blue], (green:1.4)', settings: { emphasis: 'No norm', sd_noise_schedule: 'Zero Terminal SNR' } },
  { prompt: 'a star', negativePrompt: 'photo', styles: ['Outline', 'Watercolor'] },
  { negativePrompt: long, steps: 6, settings: { s_min_uncond: 3, s_min_uncond_all: true, pad_cond_uncond: true, skip_early_cond: 0.2 } },
  { prompt: long, width: 72, height: 100, batchSize: 3, iterations: 2, settings: { s_churn: 2, use_old_scheduling: true } },
];

let desk: Desk;
let host: Host;
beforeAll(async () => {
  desk = await Desk.open();
  await mkdir(desk.path('models'));
  await writeFile(
    desk.path('models/styles.csv'),
    'name,prompt,negative_prompt\nWatercolor,"watercolor of {prompt}, soft",ugly\nOutline,thin outline,\n',
  );
  host = await createHost({ models: [desk.path('models'), tinyModelFolder], data: desk.path('data'), threads: 1, log: quiet });
});
afterAll(async () => {
  await host.dispose();
  await desk.close();
});

/** Makes and saves a picture. @returns its file. */
async function make(request: Partial<RequestInput>): Promise<string> {
  const { images } = await host.txt2img({ ...base, ...request }, { out: desk.path('outputs') });
  return images.at(-1)?.path as string;
}

it('again: 20 of 20', async () => {
  const files: string[] = [];
  for (const request of varied) files.push(await make(request));
  const { code, stdout, stderr } = await desk.run(['again', ...files, '--threads', '1']);
  expect(stdout.split('\n').filter((line) => !line.endsWith('identical'))).toEqual(['']);
  expect(stdout).toMatch(/\n20 of 20 identical\n$/);
  expect(stderr).not.toContain('armature: ');
  expect(code).toBe(0);
}, 300_000);
