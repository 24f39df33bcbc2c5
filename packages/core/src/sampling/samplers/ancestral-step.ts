/** The noise level to denoise down to and the noise to add after it, float32. */
export interface AncestralStep {
  readonly down: number;
  readonly up: number;
}

/** Splits a step from `sigma` to `next` so that `eta` of its variance is fresh noise (k-diffusion's `get_ancestral_step`). */
export function ancestralStep(sigma: number, next: number, eta: number): AncestralStep {
  const { fround } = Math;
  if (eta === 0) return { down: next, up: 0 };
  const square = (value: number): number => fround(value * value);
  const variance = fround(fround(square(next) * fround(square(sigma) - square(next))) / square(sigma));
  const up = Math.min(next, fround(fround(eta) * fround(Math.sqrt(variance))));
  return { down: fround(Math.sqrt(fround(square(next) - square(up)))), up };
}
