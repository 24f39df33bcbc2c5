import type { Latent, SamplerRun } from '@armature/sdk';
import { ancestralStep } from './ancestral-step.js';
import { logScale } from './log-scale.js';

const { expm1, fround } = Math;

/** Where a solver's step goes: the level it solves to, and the deviation of the noise that is added after. */
interface NoisyStep {
  readonly target: number;
  readonly up: number;
}

/**
 * One step of DPM-Solver (Lu et al. 2022, algorithms 1 and 2 in k-diffusion's form) from a point; levels are −ln σ. Slopes
 * are kept by level, so that solving again from the same point costs only the calls that are new.
 */
export class DpmSolver {
  readonly #run: SamplerRun;
  readonly #latent: Latent;
  readonly #level: number;
  readonly #slopes = new Map<string, Latent>();

  constructor(run: SamplerRun, latent: Latent, level: number) {
    this.#run = run;
    this.#latent = latent;
    this.#level = level;
  }

  /** Ancestral noise for a step to `next`; never beyond `end`. */
  static noisyStep(level: number, next: number, end: number, eta: number): NoisyStep {
    if (eta === 0) return { target: next, up: 0 };
    const { down } = ancestralStep(logScale.sigma(level), logScale.sigma(next), eta);
    const target = Math.min(end, logScale.of(down));
    return { target, up: fround(Math.sqrt(Math.max(0, fround(logScale.sigma(next) ** 2) - fround(logScale.sigma(target) ** 2)))) };
  }

  /** The estimate of x0 at the point. */
  async denoised(): Promise<Latent> {
    return this.#latent.sub((await this.#slopeHere()).scale(logScale.sigma(this.#level)));
  }

  /** @param order 1, 2 or 3: the number of network calls */
  async solve(order: number, next: number): Promise<Latent> {
    if (order === 3) return this.third(next);
    return order === 2 ? this.second(next, 1 / 2) : this.#euler(next, await this.#slopeHere());
  }

  /** Looks a share `r` of the step ahead. */
  async second(next: number, r: number): Promise<Latent> {
    const slope = await this.#slopeHere();
    const bend = (await this.#slopeAhead(next, r)).sub(slope);
    const factor = (logScale.sigma(next) / (2 * r)) * expm1(next - this.#level);
    return this.#euler(next, slope).sub(bend.scale(factor));
  }

  /** Looks one and two thirds of the step ahead. */
  async third(next: number): Promise<Latent> {
    const slope = await this.#slopeHere();
    const bend = (await this.#slopeAhead(next, 1 / 3)).sub(slope);
    const width = next - this.#level;
    const ahead = fround(this.#level + (2 / 3) * width);
    const phi = (h: number): number => expm1(h) / h - 1;
    const guess = this.#euler(ahead, slope).sub(bend.scale(logScale.sigma(ahead) * 2 * phi((2 / 3) * width)));
    const slopeAhead = await this.#slope('2/3', guess, ahead);
    return this.#euler(next, slope).sub(slopeAhead.sub(slope).scale(logScale.sigma(next) * 1.5 * phi(width)));
  }

  #euler(next: number, slope: Latent): Latent {
    return this.#latent.sub(slope.scale(logScale.sigma(next) * expm1(next - this.#level)));
  }

  #slopeHere(): Promise<Latent> {
    return this.#slope('0', this.#latent, this.#level);
  }

  async #slopeAhead(next: number, share: number): Promise<Latent> {
    const ahead = fround(this.#level + share * (next - this.#level));
    return this.#slope(String(share), this.#euler(ahead, await this.#slopeHere()), ahead);
  }

  /** The noise the model sees at a level: (x − x0) / σ. */
  async #slope(key: string, latent: Latent, level: number): Promise<Latent> {
    const known = this.#slopes.get(key);
    if (known) return known;
    const sigma = logScale.sigma(level);
    const slope = latent.sub(await this.#run.denoise(latent, sigma)).div(sigma);
    this.#slopes.set(key, slope);
    return slope;
  }
}
