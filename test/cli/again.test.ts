import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createHost, decodeImage, encodePng, type Host, type Pasted, type RequestInput } from '@armature/core';
import { Raster } from '@armature/sdk';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from './armature.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const base: RequestInput = {
  model: 'tiny-sd1',
  prompt: 'a red circle on a blue background',
  seed: 7,
  steps: 4,
  cfgScale: 5,
  width: 64,
  height: 64,
};
const long = `a ${'very '.repeat(80)}large star, [red:blue:0.5] BREAK a (moon:1.3) AND a [green|yellow] square :0.6`;

/** Twenty ways to make a picture; of a job with several pictures the last is taken. */
const varied: readonly Partial<RequestInput>[] = [
  {},
  { sampler: 'Euler a', negativePrompt: 'blurry, [dark:bright:2]', settings: { eta_ancestral: 0.7, eta_noise_seed_delta: 31337 } },
  { sampler: 'DPM++ 2M' },
  { sampler: 'DPM++ 2M SDE', scheduler: 'Exponential', settings: { s_noise: 0.9 } },
  { sampler: 'DPM++ SDE', scheduler: 'Karras', settings: { sigma_min: 0.1, sigma_max: 10, rho: 5 } },
  { sampler: 'Heun', scheduler: 'Beta', settings: { beta_dist_alpha: 0.3, beta_dist_beta: 0.8 } },
  { sampler: 'UniPC', scheduler: 'SGM Uniform', settings: { samples_format: 'webp', webp_lossless: true } },
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
  await addOtherCheckpoint();
  host = await createHost({ models: [desk.path('models'), tinyModelFolder], data: desk.path('data'), threads: 1, log: quiet });
});
afterAll(async () => {
  await host.dispose();
  await desk.close();
});

/** The embedded checkpoint with some of its weights changed. */
async function addOtherCheckpoint(): Promise<void> {
  const [from, to] = [`${tinyModelFolder}/Stable-diffusion`, desk.path('models/Stable-diffusion')];
  await mkdir(to);
  await cp(`${from}/tiny-sd1-clip`, `${to}/tiny-sd1-clip`, { recursive: true });
  await copyFile(`${from}/tiny-sd1.yaml`, `${to}/other.yaml`);
  const weights = await readFile(`${from}/tiny-sd1.safetensors`);
  const start = 8 + Number(weights.readBigUInt64LE(0));
  for (let at = start + 2 * Math.floor((weights.length - start) / 8); at < weights.length; at += 512) weights[at]! ^= 0x40;
  await writeFile(`${to}/other.safetensors`, weights);
}

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

it('makes larger pictures, refined ones and pictures from pictures again', async () => {
  const flags = ['--threads', '1', '--out', 'outputs', '--steps', '4', '--json'];
  const made = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await desk.run([...args, ...flags]);
    expect(stderr).not.toContain('armature: ');
    return JSON.parse(stdout).paths[0] as string;
  };
  const first = await make({});
  const hires = ['--size', '64x64', '--seed', '3', '--hires.scale', '1.5', '--hires.denoising-strength', '0.6'];
  const files = [
    await made('txt2img', 'a star', ...hires, '--hires.upscaler', 'Lanczos', '--hires.prompt', 'a moon', '--hires.sampler', 'Euler a'),
    await made('txt2img', 'a star', ...hires, '--hires.upscaler', 'Latent (bicubic)', '--hires.steps', '3', '--hires.cfg-scale', '3'),
    await made('txt2img', 'a star', '--size', '64x64', '--refiner.model', 'other', '--refiner.switch-at', '0.5'),
    await made('img2img', first, 'a star', '--seed', '3', '--denoising-strength', '0.6', '--set', 'img2img_extra_noise=0.05'),
  ];
  const { code, stdout } = await desk.run(['again', ...files, '--init', first, '--threads', '1']);
  expect(stdout).toMatch(/^4 of 4 identical$/m);
  expect(code).toBe(0);

  const mask = desk.path('mask.png');
  await writeFile(mask, await squareMask());
  const inpaint = ['--mask', mask, '--mask-area', 'masked', '--mask-padding', '8', '--mask-content', 'latent noise', '--mask-invert'];
  const painted = await made('img2img', first, 'a star', '--seed', '4', ...inpaint, '--mask-blur', '2');
  expect(await desk.run(['again', painted])).toMatchObject({ code: 2, stderr: expect.stringContaining('Give that with --init.') });
  expect(await desk.run(['again', painted, '--init', first])).toMatchObject({ code: 2, stderr: expect.stringContaining('with --mask.') });
  const again = await desk.run(['again', painted, '--init', first, '--mask', mask, '--threads', '1', '--out', 'second']);
  expect(again.stdout).toMatch(/^identical\n.*second.*\.png\n$/);
}, 120_000);

/** White in the middle. */
async function squareMask(): Promise<Uint8Array> {
  const inside = (at: number): boolean => at >= 20 && at < 44;
  const values = Array.from({ length: 64 * 64 }, (_, i) => (inside(i % 64) && inside(i >> 6) ? 255 : 0));
  return encodePng(new Raster(values, { width: 64, height: 64, channels: 1 }));
}

it('says how far a picture is from what its parameters make, and what differs', async () => {
  const file = await make({ seed: 21 });
  const image = await decodeImage(await readFile(file));
  const { parameters = '' } = await host.pictureInfo(await readFile(file));
  const { infotext }: Pasted = await host.paste(parameters);
  const text = (fields: Readonly<Record<string, string>>): string => {
    const all = new Map([...infotext.fields, ...Object.entries(fields)]);
    return `${infotext.prompt}\n${[...all].map(([key, value]) => `${key}: ${value}`).join(', ')}`;
  };
  await writeFile(
    desk.path('touched.png'),
    await encodePng(
      image.map((value, i) => (i === 0 ? value ^ 4 : value)),
      { parameters: text({}) },
    ),
  );
  const touched = await desk.run(['again', 'touched.png', '--threads', '1']);
  expect(touched.code).toBe(8);
  expect(touched.stdout).toMatch(
    /^differs: PSNR \d+\.\d dB, at most 4 of 255, 0\.008 % of the values\nthe parameters are the same: another device/,
  );

  const strange = text({ Seed: '22', 'Model hash': '0123456789', 'Lora hashes': 'a', Version: 'v1.10.1' });
  await writeFile(desk.path('strange.png'), await encodePng(image, { parameters: strange }));
  const report = JSON.parse((await desk.run(['again', 'strange.png', '--json'])).stdout);
  expect(report).toMatchObject({
    identical: false,
    pictures: [
      {
        image: 'strange.png',
        identical: false,
        psnr: expect.any(Number),
        sizes: { given: '64x64', made: '64x64' },
        missing: [{ kind: 'checkpoint', name: 'tiny-sd1', hash: '0123456789', instead: expect.any(String) }],
        unknown: ['Lora hashes'],
      },
    ],
  });
  expect(report.pictures[0].differences.map((difference: { readonly field: string }) => difference.field)).toEqual([
    'Model hash',
    'Version',
    'Lora hashes',
  ]);
  await writeFile(desk.path('cut.png'), await encodePng(image, { parameters: text({ Size: '72x64' }) }));
  expect((await desk.run(['again', 'cut.png'])).stdout).toMatch(/^differs: it has 64x64 pixels, 72x64 were made\n/);
});

it('needs the checkpoint and the sampler of a picture', async () => {
  const white = new Raster(new Uint8Array(64 * 64 * 3).fill(255), { width: 64, height: 64, channels: 3 });
  const save = async (parameters: string): Promise<void> => writeFile(desk.path('foreign.png'), await encodePng(white, { parameters }));
  const line = 'Steps: 2, CFG scale: 5, Seed: 1, Size: 64x64';
  await save(`a star\n${line}, Sampler: Euler, Model: v1-5, Model hash: 6ce0161689`);
  const missing = await desk.run(['again', 'foreign.png']);
  expect(missing).toMatchObject({ code: 3, stdout: '' });
  expect(missing.stderr).toMatch(/MODEL_NOT_FOUND: There is no checkpoint "v1-5 \[6ce0161689\]" .*tiny-sd1/);
  expect((await desk.run(['again', 'foreign.png', '--model', 'tiny-sd1'])).stdout).toMatch(/\nModel: v1-5 -> tiny-sd1\n/);
  await save(`a star\n${line}, Sampler: Magic, Model: tiny-sd1`);
  expect(await desk.run(['again', 'foreign.png'])).toMatchObject({ code: 3, stderr: expect.stringContaining('SAMPLER_UNKNOWN') });
});

it('makes a picture of the webui again', async () => {
  const fidelity = fileURLToPath(new URL('../fidelity', import.meta.url));
  const { stdout } = await desk.run([
    'again',
    `${fidelity}/cases/01_sampler_automatic/heun.png`,
    '--models',
    `${fidelity}/models`,
    '--json',
  ]);
  const [picture] = JSON.parse(stdout).pictures;
  expect(picture).toMatchObject({ missing: [], unknown: [], differences: [{ field: 'Version' }] });
  expect(picture.largest).toBeLessThanOrEqual(1);
});

it('reads arguments of extensions back, and says which it misses', async () => {
  await mkdir(desk.path('scripts'));
  await writeFile(
    desk.path('scripts/dim.js'),
    `import { defineExtension, field } from '@armature/sdk';
     export default defineExtension({
       args: { amount: field.number(1, { min: 0, max: 1 }).infotext('Dim amount') },
       setup({ hooks }) { hooks.image.each.tap((image, ctx) => image.map((value) => value * ctx.args.amount)); },
     });`,
  );
  await desk.run(['extensions', 'allow', 'script.dim']);
  const { stdout } = await desk.run([
    'txt2img',
    'a star',
    '--seed',
    '2',
    '--steps',
    '2',
    '--size',
    '64x64',
    '--dim.amount',
    '0.5',
    '--json',
  ]);
  const [file] = JSON.parse(stdout).paths;
  expect(await desk.run(['again', file])).toMatchObject({ code: 0, stdout: 'identical\n' });
  await rm(desk.path('scripts'), { recursive: true });
  const without = await desk.run(['again', file]);
  expect(without.code).toBe(8);
  expect(without.stdout).toMatch(/^differs: PSNR .*\nDim amount: 0\.5 -> \(nothing\)\nnot understood: Dim amount\n$/);
});
