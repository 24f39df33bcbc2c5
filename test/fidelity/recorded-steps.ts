import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DenoiserFeeds, Latent, type Raster, type Tensor } from '@armature/sdk';
import type { ApiCase } from './api-case.js';
import { readTensors } from './forward/read-tensors.js';
import type { Recording } from './sampling-recorder.js';

/** One recorded run: the request, and every value of it that was kept, by name. */
export interface RecordedSteps {
  readonly request: ApiCase;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Draws of noise, those of a mask's fill first. */
  readonly draws: number;
}

export async function readSteps(path: string): Promise<RecordedSteps> {
  const told = JSON.parse(readFileSync(path, 'utf8')) as ApiCase & { readonly infotexts: readonly string[]; readonly rng_calls: number };
  const name = basename(path, '.json');
  const images = told.response?.info.infotexts ?? told.infotexts;
  const request: ApiCase = {
    name,
    group: 'intermediates',
    endpoint: told.endpoint,
    request: told.request,
    status: 200,
    images: images.map((_, index) => `${name}-${index}.png`),
    response: { info: { infotexts: images } },
    folder: dirname(path),
  };
  return { request, tensors: await readTensors(path.replace('.json', '.safetensors')), draws: told.rng_calls };
}

/** Recorded, but nothing an extension is told: the picture before it is encoded, and a timestep list the sampler makes itself. */
const withoutHook = /^(encode\d\.(image01|latent)|timesteps\d)$/;

/** ᾱ of the trained timesteps; one between two counts as the lower, as in the original. */
const alphas = (await readTensors(fileURLToPath(new URL('tables/alphas.safetensors', import.meta.url)))).get('alphas_cumprod');

/** The noise in a denoised latent; samplers that work on noise see it at variance-preserving scale (`vp`). */
function epsilonOf(latent: Latent, denoised: Latent, { sigma, timestep }: DenoiserFeeds, vp: boolean): Latent {
  if (!vp) return latent.sub(denoised).div(sigma);
  const alpha = alphas?.at(Math.floor(timestep)) ?? Number.NaN;
  return latent.sub(denoised.scale(Math.sqrt(alpha))).div(Math.sqrt(1 - alpha));
}

/** Pixels in −1…1, planes one after the other. */
function planesOf(raster: Raster): Float32Array {
  const bytes = raster.toBytes();
  const size = raster.width * raster.height;
  return Float32Array.from({ length: 3 * size }, (_, at) => ((bytes[(at % size) * 3 + Math.floor(at / size)] ?? 0) / 255) * 2 - 1);
}

/** What this host told for each recorded value: candidates, the nearest counts. Undefined: no hook tells it. */
export function toldFor(key: string, { draws, tensors }: RecordedSteps, seen: Recording): readonly Float32Array[] | undefined {
  const vp = [...tensors.keys()].some((name) => name.startsWith('timesteps'));
  const [head = '', part = ''] = key.split('.', 2);
  const index = Number(/\d+$/.exec(head)?.[0] ?? 0);
  const latents = (...values: readonly (Tensor | undefined)[]) => values.flatMap((value) => (value ? [value.toFloat32Array()] : []));
  if (withoutHook.test(key)) return undefined;
  if (/^(un)?cond\./.test(key)) return conditioningRows(seen, key.startsWith('un'));
  if (head.startsWith('rng')) return latents(withFill(seen, draws)[index]?.value);
  if (head.startsWith('sigmas')) return [Float32Array.from(seen.plans[0]?.sigmas ?? [])];
  if (head.startsWith('call')) return latents(callValue(part, seen, index, vp));
  if (head.startsWith('step')) return latents(stepValue(part, seen, index, vp));
  if (head.startsWith('unet')) return latents(networkValue(part, seen, index, vp));
  if (key.endsWith('.latent')) return latents(seen.done[0]?.rows(index, index + 1));
  if (key.endsWith('.image')) return seen.pictures[index] && [planesOf(seen.pictures[index])];
  const [blend] = seen.blends;
  const kept = blend?.repaint.map((value) => 1 - value);
  return latents(key === 'init_latent' ? blend?.original : key === 'mask' ? kept : blend?.repaint);
}

/** The fill `latent noise` draws the first noise, which the sampler then draws again. */
const withFill = ({ noises }: Recording, draws: number): Recording['noises'] =>
  draws === noises.length + 1 && noises[0] ? [noises[0], ...noises] : noises;

function conditioningRows(seen: Recording, negative: boolean): readonly Float32Array[] {
  const values = seen.conditionings.filter((one) => one.negative === negative).map(({ value }) => value.crossAttention);
  return values.flatMap((value) => Array.from({ length: value.shape[0] ?? 0 }, (_, row) => value.rows(row, row + 1).toFloat32Array()));
}

/** `callNNN`: what the sampler asked, and what came back after guidance and mask. */
function callValue(part: string, seen: Recording, index: number, vp: boolean): Tensor | undefined {
  const feeds = seen.feeds.filter(({ positiveRows }) => positiveRows > 0)[index];
  const guided = seen.guided[index];
  if (!feeds || !guided) return undefined;
  const rows = feeds.positiveRows < feeds.latent.batch ? feeds.positiveRows : 0;
  const asked = feeds.latent.rows(rows, rows + guided.batch);
  if (part === 'sigma_or_t') return new Latent(new Array(guided.batch).fill(vp ? feeds.timestep : feeds.sigma), [guided.batch, 1, 1, 1]);
  if (part === 'x_in') return vp ? (seen.blends[index]?.current ?? asked) : asked;
  return vp ? epsilonOf(asked, guided, feeds, vp) : guided;
}

/** `stepNNN`: k-diffusion tells the latent before a step, the timestep samplers the one after it. */
function stepValue(part: string, seen: Recording, index: number, vp: boolean): Tensor | undefined {
  if (part === 'denoised') return seen.steps[index]?.denoised;
  if (vp) return seen.steps[index]?.latent;
  return index > 0 ? seen.steps[index - 1]?.latent : callValue('x_in', seen, 0, vp);
}

/** `unetN`: the first raw calls of the network; c_in scales the latent of `sigma` samplers. */
function networkValue(part: string, seen: Recording, index: number, vp: boolean): Tensor | undefined {
  const feeds = seen.feeds[index];
  const answer = seen.answers[index];
  if (!feeds || !answer) return undefined;
  if (part === 'context') return feeds.conditioning.crossAttention;
  if (part === 't') return new Latent(new Array(feeds.latent.batch).fill(feeds.timestep), [feeds.latent.batch, 1, 1, 1]);
  if (part === 'x') return vp ? feeds.latent : feeds.latent.scale(1 / Math.sqrt(feeds.sigma ** 2 + 1));
  return epsilonOf(feeds.latent, answer, feeds, vp);
}
