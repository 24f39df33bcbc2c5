import { readFileSync } from 'node:fs';
import { Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { blendLatents, stepShares } from '../src/blend-latents.js';
import { changedMask } from '../src/changed-mask.js';
import { filterMap } from '../src/filter-map.js';
import type { SoftInpaintingArgs } from '../src/soft-inpainting-args.js';

type Numbers = readonly number[];
type Shape = readonly [number, number, number, number];

/** Made with torch 2.15 and NumPy 2.4 after `latent_blend`, `weighted_histogram_filter` and `apply_adaptive_masks` of the webui 1.10.1. */
interface Golden {
  readonly latents: { readonly shape: Shape; readonly original: Numbers; readonly current: Numbers; readonly repaint: Numbers };
  readonly blends: readonly (Partial<SoftInpaintingArgs> & { readonly level: number; readonly blended: Numbers })[];
  readonly picture: { readonly shape: Shape; readonly original: Numbers; readonly painted: Numbers; readonly repaint: Numbers };
  readonly masks: readonly (Partial<SoftInpaintingArgs> & { readonly bytes: Numbers })[];
  readonly filtered: Numbers;
}

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden;
const standard: SoftInpaintingArgs = {
  scheduleBias: 1,
  preservationStrength: 0.5,
  transitionContrast: 4,
  maskInfluence: 0,
  differenceThreshold: 0.5,
  differenceContrast: 2,
};

/** One mask for all pictures and channels. */
const spread = (mask: Numbers, shape: Shape): Latent =>
  new Latent(
    Array.from({ length: shape[0] * shape[1] * mask.length }, (_, at) => mask[at % mask.length] as number),
    shape,
  );
const furthest = (made: ArrayLike<number>, wanted: Numbers): number =>
  Math.max(...Array.from(made, (value, at) => Math.abs(value - (wanted[at] ?? Number.NaN))));

describe('blend of a step', () => {
  const { shape, original, current, repaint } = golden.latents;
  const parts = { original: new Latent(original, shape), current: new Latent(current, shape), repaint: spread(repaint, shape) };

  it.each(golden.blends)('level $level, bias $scheduleBias, strength $preservationStrength, contrast $transitionContrast', async (row) => {
    const made = await blendLatents({ ...parts, level: row.level }, { ...standard, ...row });
    expect(made.shape).toEqual(shape);
    expect(furthest(made.toFloat32Array(), row.blended)).toBeLessThan(5e-6);
  });

  it('takes the painted latent where the mask is white and the given one where it is black', async () => {
    const made = await blendLatents({ ...parts, level: 3 }, standard);
    const [white, black] = [repaint.indexOf(1), repaint.indexOf(0)];
    expect(made.at(white)).toBeCloseTo(current[white] as number, 4);
    expect(made.at(black)).toBeCloseTo(original[black] as number, 4);
  });

  it('keeps more of what is grey while there is more noise', () => {
    const grey = spread([0.5], [1, 1, 1, 1]);
    const shares = [0.1, 1, 14].map((level) => stepShares({ repaint: grey, level }, standard)[0]);
    expect(shares[0]).toBeGreaterThan(shares[1] as number);
    expect(shares[1]).toBeGreaterThan(shares[2] as number);
  });
});

describe('mask of what changed', () => {
  const { shape, original, painted, repaint } = golden.picture;
  const picture = { original: new Latent(original, shape), painted: new Latent(painted, shape), repaint: spread(repaint, shape) };

  it.each(golden.masks)('influence $maskInfluence, threshold $differenceThreshold, contrast $differenceContrast', async (row) => {
    const made = await changedMask(picture, { ...standard, ...row });
    expect([made.width, made.height, made.channels]).toEqual([shape[3], shape[2], 1]);
    // A value at the edge of two levels may fall on the other side.
    expect(furthest(made.toBytes(), row.bytes)).toBeLessThanOrEqual(1);
  });

  it('smooths distances as the reference does', async () => {
    const [, , height, width] = shape;
    const difference = picture.painted.sub(picture.original);
    const cells = height * width;
    const values = Float32Array.from({ length: cells }, (_, at) => Math.hypot(...[0, 1, 2, 3].map((c) => difference.at(c * cells + at))));
    const largest = await filterMap({ values, width, height }, { from: 0.9, to: 1 });
    const smoothed = await filterMap(largest, { from: 0.25, to: 0.75 });
    expect(furthest(smoothed.values, golden.filtered)).toBeLessThan(2e-6);
  });

  it('shows the given picture where nothing changed', async () => {
    const same = await changedMask({ ...picture, painted: picture.original }, standard);
    expect(Math.max(...same.toBytes())).toBe(0);
  });

  it('lets the event loop breathe on a large latent', async () => {
    const size: Shape = [1, 4, 96, 96];
    const noise = new Latent(
      Array.from({ length: 4 * 96 * 96 }, (_, at) => Math.sin(at * 12.9898) * 2),
      size,
    );
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    await changedMask({ original: noise, painted: noise.scale(-1), repaint: noise.map(() => 1) }, standard);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(2);
  });
});
