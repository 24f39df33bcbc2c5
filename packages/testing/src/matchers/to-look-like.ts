import { type Picture, rasterOf, sameSize, sizeOf } from '../pictures/picture.js';
import { psnr } from '../pictures/psnr.js';
import { ssim } from '../pictures/ssim.js';
import { comparison } from './comparison.js';
import type { MatcherContext, Verdict } from './matcher-context.js';

/** The least likeness that is enough; of two both must hold. Default: 30 dB. */
export interface LikenessOptions {
  /** Decibels: above 40 nobody sees a difference, 30 is the same picture with small changes, below 15 it is another one. */
  readonly psnr?: number;
  /** Mean structural similarity, −1…1: 0.95 keeps every shape where it was. */
  readonly ssim?: number;
}

/** Are two pictures much alike? */
export function toLookLike(this: MatcherContext, received: unknown, reference: Picture, options: LikenessOptions = {}): Verdict {
  const actual = rasterOf(received, 'what was received');
  const expected = rasterOf(reference, 'the reference');
  if (!sameSize(actual, expected)) {
    return { pass: false, message: () => `expected a picture of ${sizeOf(expected)}, and it is ${sizeOf(actual)}` };
  }
  const wanted = options.psnr === undefined && options.ssim === undefined ? { psnr: 30 } : options;
  const scores = [
    ...(wanted.psnr === undefined ? [] : [{ name: 'PSNR', unit: ' dB', least: wanted.psnr, found: psnr(actual, expected) }]),
    ...(wanted.ssim === undefined ? [] : [{ name: 'SSIM', unit: '', least: wanted.ssim, found: ssim(actual, expected) }]),
  ];
  const lines = scores.map(
    ({ name, unit, least, found }) =>
      `  ${name} ${rounded(found)}${unit}, ${found >= least ? 'and' : 'but'} at least ${least}${unit} is asked for`,
  );
  return {
    pass: scores.every(({ least, found }) => found >= least),
    message: () =>
      this.isNot
        ? ['expected the picture not to look like the reference:', ...lines].join('\n')
        : ['expected the picture to look like the reference:', ...lines, comparison(expected, actual, 'to-look-like', this)].join('\n'),
  };
}

const rounded = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'infinite (the pictures are equal)';
