import type { Conditioning, Latent } from '@armature/sdk';

/** What the positive prompts of a batch come to at one denoiser call. */
export interface PositiveRows {
  /** One row a picture; with AND one for each part, the parts of a picture behind each other. */
  readonly conditioning: Conditioning;
  /** Weights of the rows of each picture; undefined: one row a picture, which counts once. */
  readonly weights?: PictureWeights | undefined;
}
export type PictureWeights = readonly (readonly number[])[];

/** Repeats the row of each picture for each of its parts. */
export function repeatRows(latent: Latent, weights: PictureWeights | undefined): Latent {
  if (!weights) return latent;
  const [first, ...others] = weights.flatMap((parts, picture) => parts.map(() => latent.rows(picture, picture + 1)));
  return first ? first.concat(...others) : latent;
}

/** The first part of each picture. */
export function firstRows(rows: Latent, weights: PictureWeights | undefined): Latent {
  return weights ? pictures(rows, weights, (parts) => parts[0] as Latent) : rows;
}

/**
 * The parts of each picture as one prediction, u + Σ w·(c − u): guidance by it equals guidance by all of them (the webui's
 * `combine_denoised`).
 */
export function composeRows(rows: Latent, uncond: Latent, weights: PictureWeights | undefined): Latent {
  if (!weights) return rows;
  return pictures(rows, weights, (parts, picture) => {
    const base = uncond.rows(picture, picture + 1);
    return parts.reduce((sum, part, i) => sum.add(part.sub(base).scale(weights[picture]?.[i] ?? 1)), base);
  });
}

function pictures(rows: Latent, weights: PictureWeights, make: (parts: readonly Latent[], picture: number) => Latent): Latent {
  let at = 0;
  const made = weights.map((parts, picture) => {
    const mine = parts.map((_, i) => rows.rows(at + i, at + i + 1));
    at += parts.length;
    return make(mine, picture);
  });
  const [first, ...others] = made;
  return first ? first.concat(...others) : rows;
}
