import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BlendScope, Latent } from '@armature/sdk';
import type { SoftInpaintingArgs } from './soft-inpainting-args.js';

const { fround } = Math;
/** Cells between two pauses: some milliseconds. */
const pause = 8000;

export type BlendedParts = Pick<BlendScope, 'current' | 'original' | 'repaint' | 'level'>;

/**
 * How much of each cell a step paints anew: repaint ^ (level ^ bias · strength). What is grey keeps more of the given picture
 * while there is much noise. The mask is the same for all channels and pictures.
 */
export function stepShares({ repaint, level }: Pick<BlendedParts, 'repaint' | 'level'>, args: SoftInpaintingArgs): Float32Array {
  const exponent = fround(fround(level ** args.scheduleBias) * fround(args.preservationStrength));
  const mask = repaint.toFloat32Array().subarray(0, repaint.height * repaint.width);
  return mask.map((value) => value ** exponent);
}

/**
 * Blends the vector of each cell by the step's share, and its length apart from its direction: the power mean of both
 * lengths with the exponent `transitionContrast`, so that blending takes no contrast (`latent_blend`).
 */
export async function blendLatents(parts: BlendedParts, args: SoftInpaintingArgs): Promise<Latent> {
  const { batch, channels, height, width, shape } = parts.current;
  const cells = height * width;
  const shares = stepShares(parts, args);
  const [given, painted] = [parts.original.toFloat32Array(), parts.current.toFloat32Array()];
  const mixed = new Float32Array(painted.length);
  for (let cell = 0; cell < batch * cells; cell++) {
    if (cell % pause === pause - 1) await nextTurn();
    const vector = { first: Math.floor(cell / cells) * channels * cells + (cell % cells), count: channels, stride: cells };
    const share = shares[cell % cells] as number;
    const kept = fround(1 - share);
    each(vector, (at) => {
      mixed[at] = fround((given[at] as number) * kept) + fround((painted[at] as number) * share);
    });
    const power = args.transitionContrast;
    const wanted = (lengthOf(given, vector) ** power * kept + lengthOf(painted, vector) ** power * share) ** (1 / power);
    const scale = fround(wanted / (lengthOf(mixed, vector) + 1e-5));
    each(vector, (at) => {
      mixed[at] = (mixed[at] as number) * scale;
    });
  }
  return new Latent(mixed, shape);
}

/** Where the values of one cell's vector lie: `count` of them, `stride` apart. */
interface VectorPlace {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

function each({ first, count, stride }: VectorPlace, visit: (at: number) => void): void {
  for (let channel = 0; channel < count; channel++) visit(first + channel * stride);
}

function lengthOf(values: Float32Array, place: VectorPlace): number {
  let sum = 0;
  each(place, (at) => {
    sum += (values[at] as number) ** 2;
  });
  return fround(Math.sqrt(sum));
}
