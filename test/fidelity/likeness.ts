import type { Raster } from '@armature/sdk';
import type { ApiCase } from './api-case.js';

/** How far two pictures of one size are apart. */
export interface Likeness {
  /** Peak signal-to-noise ratio in dB; Infinity for equal pictures, 0 for different sizes. */
  readonly psnr: number;
  /** Mean difference, levels of 255. */
  readonly mean: number;
}

/** What the recorded set names as ill conditioned: steps accepted by an error estimate, LMS, matched histograms. */
const isLoose = ({ request }: ApiCase): boolean =>
  ['DPM adaptive', 'LMS'].includes(request.sampler_name as string) ||
  (request.override_settings as { img2img_color_correction?: boolean } | undefined)?.img2img_color_correction === true;
const isAdaptiveImg2img = ({ request, endpoint }: ApiCase): boolean =>
  request.sampler_name === 'DPM adaptive' && endpoint.endsWith('img2img');

export function likenessOf(a: Raster, b: Raster): Likeness {
  const left = a.toBytes();
  const right = b.toBytes();
  if (left.length !== right.length || a.width !== b.width) return { psnr: 0, mean: 255 };
  let squares = 0;
  let sum = 0;
  for (let i = 0; i < left.length; i++) {
    const difference = Math.abs((left[i] as number) - (right[i] as number));
    squares += difference * difference;
    sum += difference;
  }
  const psnr = squares === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / (squares / left.length));
  return { psnr, mean: sum / left.length };
}

/** The acceptance line: 45 dB, 35 dB where the set says that a correct port may differ; DPM adaptive from a picture by its mean. */
export function isWithin(recorded: ApiCase, { psnr, mean }: Likeness): boolean {
  return isAdaptiveImg2img(recorded) ? mean <= 2 : psnr >= (isLoose(recorded) ? 35 : 45);
}

/** Our own line, where nothing excuses a difference. */
export const isClose = (recorded: ApiCase, { psnr }: Likeness): boolean => isLoose(recorded) || psnr >= 50;
