import type { Latent, NoiseSchedule, SamplerContribution } from '@armature/sdk';

const { fround } = Math;

/** Noise level and training timestep of one denoiser call. */
export interface NoiseLevel {
  readonly sigma: number;
  readonly timestep: number;
}

/**
 * The scale a sampler works in. Its *prediction* is what guidance combines and the sampler consumes: x0 for kind
 * `sigma`, epsilon for kind `timestep`.
 */
export interface DenoiserScale {
  /** The latent as the network was trained to see it. */
  networkInput(latent: Latent, at: NoiseLevel): Latent;
  /** The factor of `networkInput`. */
  inputScale(at: NoiseLevel): number;
  /** Raw network output (epsilon or v) → prediction. */
  prediction(latent: Latent, raw: Latent, at: NoiseLevel): Latent;
  toDenoised(latent: Latent, prediction: Latent, at: NoiseLevel): Latent;
  fromDenoised(latent: Latent, denoised: Latent, at: NoiseLevel): Latent;
}

export function denoiserScale(kind: SamplerContribution['kind'], schedule: NoiseSchedule): DenoiserScale {
  if (kind === 'timestep') return variancePreserving(schedule);
  return schedule.prediction === 'v' ? varianceExplodingV : varianceExploding;
}

/** 1/√(σ²+1) */
const inputScale = ({ sigma }: NoiseLevel): number => 1 / fround(Math.sqrt(fround(fround(sigma ** 2) + 1)));

/** k-diffusion's `DiscreteEpsDDPMDenoiser`. */
const varianceExploding: DenoiserScale = {
  networkInput: (latent, at) => latent.scale(inputScale(at)),
  inputScale,
  prediction: (latent, raw, { sigma }) => latent.add(raw.scale(-sigma)),
  toDenoised: (_latent, prediction) => prediction,
  fromDenoised: (_latent, denoised) => denoised,
};

/** k-diffusion's `DiscreteVDDPMDenoiser`. */
const varianceExplodingV: DenoiserScale = {
  ...varianceExploding,
  prediction(latent, raw, at) {
    const { sigma } = at;
    const skip = 1 / fround(fround(sigma ** 2) + 1);
    return raw.scale(-sigma / fround(Math.sqrt(fround(fround(sigma ** 2) + 1)))).add(latent.scale(skip));
  },
};

/** The scale a model is trained in: √ᾱ·x0 + √(1−ᾱ)·ε (the webui's `CompVisTimestepsDenoiser` and its v form). */
function variancePreserving({ alphasCumprod, prediction }: NoiseSchedule): DenoiserScale {
  const at = ({ timestep }: NoiseLevel): { readonly signal: number; readonly noise: number } => {
    const alpha = alphasCumprod[Math.floor(timestep)] as number;
    return { signal: Math.sqrt(alpha), noise: Math.sqrt(fround(1 - alpha)) };
  };
  return {
    networkInput: (latent) => latent,
    inputScale: () => 1,
    prediction(latent, raw, level) {
      if (prediction === 'epsilon') return raw;
      const { signal, noise } = at(level);
      return raw.scale(signal).add(latent.scale(noise));
    },
    toDenoised(latent, epsilon, level) {
      const { signal, noise } = at(level);
      return latent.sub(epsilon.scale(noise)).div(signal);
    },
    fromDenoised(latent, denoised, level) {
      const { signal, noise } = at(level);
      return latent.sub(denoised.scale(signal)).div(noise);
    },
  };
}
