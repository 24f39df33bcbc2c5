import type { Latent, SamplerContribution, SamplerRun } from '@armature/sdk';

/** What sampling backwards has found of a picture. */
export interface Inverted {
  /** The latent it began with. */
  readonly start: Latent;
  /** Noise, about unit variance, that leads to it. */
  readonly noise: Latent;
  /** The model's highest noise level. */
  readonly sigmaMax: number;
}

/**
 * Euler's method from the picture to noise, along the levels of the model itself (`find_noise_for_image`). What it has found is
 * kept under the latent it gives back. `adjusted`: each step at the level it begins with.
 */
export class Inversion {
  readonly #found = new WeakMap<Latent, Inverted>();

  find(latent: Latent): Inverted | undefined {
    return this.#found.get(latent);
  }

  sampler(name: string, adjusted: boolean): SamplerContribution {
    return { name, kind: 'sigma', hidden: true, sample: (run) => this.#sample(run, adjusted) };
  }

  async #sample(run: SamplerRun, adjusted: boolean): Promise<Latent> {
    const { latent: start, schedule } = run;
    const levels = levelsOf(run);
    let latent = start;
    for (let i = 1; i < levels.length; i++) {
      const at = levels[adjusted ? i - 1 : i] as number;
      const denoised = at === 0 ? latent : await run.denoise(latent, at);
      const step = (levels[i] as number) - (levels[i - 1] as number);
      if (at !== 0) latent = latent.add(latent.sub(denoised).div(at).scale(step));
      await run.step(i - 1, latent, denoised);
    }
    const sigmaMax = schedule.sigmas.at(-1) as number;
    const noise = adjusted ? latent.div(sigmaMax) : latent.div(deviationOf(latent));
    this.#found.set(noise, { start, noise, sigmaMax });
    return noise;
  }
}

/** 0 and the model's own levels, ascending, evenly spaced in time (`get_sigmas(n).flip(0)`). */
function levelsOf({ schedule, sigmas }: SamplerRun): readonly number[] {
  const steps = sigmas.length - 1;
  const last = schedule.sigmas.length - 1;
  const at = (index: number): number => (steps === 1 ? last : last * (1 - index / (steps - 1)));
  return [0, ...Array.from({ length: steps }, (_, index) => schedule.timestepToSigma(at(index))).reverse()];
}

/** Over all values of all rows, with one degree of freedom less (`tensor.std()`). */
function deviationOf(latent: Latent): number {
  const values = latent.toFloat32Array();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
