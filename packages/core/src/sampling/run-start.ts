import type { NoiseSchedule, SamplerContribution } from '@armature/sdk';

/** start = init · latentScale + noise · noiseScale + noise · share · extraNoiseScale, `share` being what the user asks for. */
export interface RunStart {
  readonly latentScale: number;
  readonly noiseScale: number;
  readonly extraNoiseScale: number;
}

interface StartOptions {
  readonly sampler: SamplerContribution;
  readonly schedule: NoiseSchedule;
  readonly sgmNoise: boolean;
}

/** `sigma`: the first level of the run. Timestep samplers work at unit variance. */
export function startFromNoise({ sampler, sgmNoise }: StartOptions, sigma: number): RunStart {
  const ofSigma = sgmNoise ? Math.sqrt(1 + sigma ** 2) : sigma;
  return { latentScale: 0, noiseScale: sampler.kind === 'timestep' ? 1 : ofSigma, extraNoiseScale: 1 };
}

/** `sigma`: the level the latent is noised to; for timestep samplers that of a training timestep, noised as in training. */
export function startFromLatent({ sampler, schedule }: StartOptions, sigma: number): RunStart {
  if (sampler.kind === 'sigma') return { latentScale: 1, noiseScale: sigma, extraNoiseScale: 1 };
  const alpha = schedule.alphasCumprod[Math.round(schedule.sigmaToTimestep(sigma))] as number;
  const signal = Math.fround(Math.sqrt(alpha));
  return { latentScale: signal, noiseScale: Math.fround(Math.sqrt(Math.fround(1 - alpha))), extraNoiseScale: signal };
}
