import type { BlendScope, Latent } from '@armature/sdk';
import type { SoftInpaintingArgs } from './soft-inpainting-args.js';

const { fround } = Math;

export type BlendedParts = Pick<BlendScope, 'current' | 'original' | 'repaint' | 'level'>;

/**
 * How much of a step is painted anew: repaint ^ (level ^ bias · strength), of the mask's shape. What is grey keeps more of
 * the given picture while there is much noise.
 */
export function stepMask({ repaint, level }: Pick<BlendedParts, 'repaint' | 'level'>, args: SoftInpaintingArgs): Latent {
  const exponent = fround(fround(level ** args.scheduleBias) * fround(args.preservationStrength));
  return repaint.map((value) => value ** exponent);
}

/**
 * Blends the vector of each cell by the step's mask, and its length apart from its direction: the power mean of both
 * lengths with the exponent `transitionContrast`, so that blending takes no contrast (`latent_blend`).
 */
export function blendLatents(parts: BlendedParts, args: SoftInpaintingArgs): Latent {
  const { batch, channels, height, width } = parts.current;
  const cells = height * width;
  const [given, painted, mask] = [parts.original, parts.current, stepMask(parts, args)].map((latent) => latent.toFloat32Array()) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const mixed = given.map((value, index) => {
    const share = mask[index] as number;
    return fround(value * fround(1 - share)) + fround((painted[index] as number) * share);
  });
  const scales = new Float32Array(batch * cells);
  for (let cell = 0; cell < scales.length; cell++) {
    const first = Math.floor(cell / cells) * channels * cells + (cell % cells);
    const length = (values: Float32Array): number => lengthAt(values, first, channels, cells);
    // The mask is the same for all channels and pictures.
    const share = mask[cell % cells] as number;
    const power = args.transitionContrast;
    const wanted = (length(given) ** power * fround(1 - share) + length(painted) ** power * share) ** (1 / power);
    scales[cell] = wanted / (length(mixed) + 1e-5);
  }
  return parts.current.map((_, index) => {
    const cell = Math.floor(index / (channels * cells)) * cells + (index % cells);
    return (mixed[index] as number) * (scales[cell] as number);
  });
}

/** Length of the vector of one cell: `count` values, `stride` apart. */
function lengthAt(values: Float32Array, first: number, count: number, stride: number): number {
  let sum = 0;
  for (let channel = 0; channel < count; channel++) sum += (values[first + channel * stride] as number) ** 2;
  return fround(Math.sqrt(sum));
}
