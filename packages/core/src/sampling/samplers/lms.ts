import type { Latent, SamplerContribution } from '@armature/sdk';

const order = 4;

/** Linear multistep: the last four slopes as one polynomial, integrated over the step (k-diffusion's `sample_lms`). */
export const lms: SamplerContribution = {
  name: 'LMS',
  aliases: ['k_lms'],
  kind: 'sigma',
  async sample({ latent: initial, sigmas, denoise, step }) {
    let latent = initial;
    /** Newest first. */
    const slopes: Latent[] = [];
    for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
      const denoised = await denoise(latent, sigma);
      slopes.unshift(latent.sub(denoised).div(sigma));
      slopes.length = Math.min(slopes.length, order);
      const knots = slopes.map((_, back) => sigmas[i - back] as number);
      const change = slopes
        .map((slope, back) => slope.scale(weight(knots, back, sigma, sigmas[i + 1] as number)))
        .reduce((sum, part) => sum.add(part));
      latent = latent.add(change);
      await step(i, latent, denoised);
    }
    return latent;
  },
};

/** Integral from `start` to `end` of the Lagrange polynomial that is 1 at knot `own`: Gauss–Legendre, exact to degree 3. */
function weight(knots: readonly number[], own: number, start: number, end: number): number {
  const centre = (start + end) / 2;
  const half = (end - start) / 2;
  const at = knots[own] as number;
  const basis = (x: number): number => knots.reduce((product, knot, k) => (k === own ? product : (product * (x - knot)) / (at - knot)), 1);
  return half * (basis(centre - half / Math.sqrt(3)) + basis(centre + half / Math.sqrt(3)));
}
