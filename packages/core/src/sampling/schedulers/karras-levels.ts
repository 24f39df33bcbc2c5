import { linspace } from '../linspace.js';

/** `steps` levels linear in σ^(1/ρ), then 0: Karras et al. 2022, equation 5. */
export function karrasLevels(steps: number, sigmaMin: number, sigmaMax: number, rho: number): readonly number[] {
  const { fround } = Math;
  const start = sigmaMax ** (1 / rho);
  const reach = fround(sigmaMin ** (1 / rho) - start);
  return [...linspace(0, 1, steps).map((ramp) => fround(fround(fround(start) + fround(ramp * reach)) ** rho)), 0];
}
