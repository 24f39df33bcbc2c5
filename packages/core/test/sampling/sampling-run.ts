import { Conditioning, type Latent, type NoiseSchedule, type SamplerContribution, Tensor, type UniPcOptions } from '@armature/sdk';
import {
  builtinSamplers,
  builtinSchedulers,
  createImageNoise,
  createNoiseSchedule,
  planRun,
  type RunRequest,
  resolveSampler,
  type SamplingInput,
  type SamplingMoments,
  type SigmaRequest,
} from '../../src/sampling/index.js';

/** Nobody speaks. */
const silent: SamplingMoments = {
  feeds: async (feeds) => feeds,
  wrapDenoiser: (inner) => inner,
  prediction: async (predictions) => predictions,
  guidance: async () => undefined,
  guided: async (latent) => latent,
  step: async () => undefined,
  noise: async (latent) => latent,
};

/** Schedules as they are when nobody changed an option. */
export const sigmaDefaults = {
  family: 'sd1',
  options: { sigmaMin: 0, sigmaMax: 0, rho: 0, oldRange: false, discardNextToLast: false, betaAlpha: 0.6, betaBeta: 0.6 },
} satisfies Partial<SigmaRequest>;

type Optional = 'init' | 'mask' | 'concat' | 'imageCfgScale' | 'extraNoise' | 'noiseMultiplier' | 'beforeCall';

export interface RunOptions extends Pick<SamplingInput, Optional>, Pick<RunRequest, 'denoise'> {
  readonly sampler: string | SamplerContribution;
  readonly scheduler?: string;
  readonly steps?: number;
  readonly seeds?: readonly number[];
  readonly source?: 'CPU' | 'NV';
  readonly prediction?: NoiseSchedule['prediction'];
  readonly eta?: number;
  readonly gamma?: number;
  readonly uniPc?: Partial<UniPcOptions>;
  readonly cfgScale?: number;
  readonly guidance?: Partial<SamplingInput['guidance']>;
  /** Weights of the parts of each picture's prompt. */
  readonly weights?: readonly (readonly number[])[];
  readonly tokens?: readonly [positive: number, negative: number];
  readonly moments?: Partial<SamplingMoments>;
  readonly signal?: AbortSignal;
  readonly network?: SamplingInput['network'];
}

/** Mean and deviation of the data the Gaussian network was "trained" on. */
export const gaussian = { mean: 0.5, deviation: 0.25 };

/**
 * The exact network for data drawn from a normal distribution: the best guess of epsilon (or v) is linear in the latent.
 * A sampler that is right turns noise into samples of that distribution.
 */
function gaussianNetwork({ alphasCumprod, prediction, timestepToSigma }: NoiseSchedule): SamplingInput['network'] {
  return async ({ latent, timestep }) => {
    const alpha = Number.isInteger(timestep) ? (alphasCumprod[timestep] as number) : 1 / (1 + timestepToSigma(timestep) ** 2);
    const signal = Math.sqrt(alpha);
    const noise = Math.sqrt(1 - alpha);
    const variance = alpha * gaussian.deviation ** 2 + noise ** 2;
    const epsilon = latent.map((value) => ((value - signal * gaussian.mean) * noise) / variance);
    if (prediction === 'epsilon') return epsilon;
    const denoised = latent.sub(epsilon.scale(noise)).scale(1 / signal);
    return epsilon.scale(signal).sub(denoised.scale(noise));
  };
}

export function samplingInput(options: RunOptions): SamplingInput {
  const { seeds = [1234], source = 'CPU', steps = 8, tokens = [77, 77], prediction = 'epsilon' } = options;
  const model = createNoiseSchedule({ linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000, prediction });
  const samplers = typeof options.sampler === 'string' ? builtinSamplers : [options.sampler];
  const name = typeof options.sampler === 'string' ? options.sampler : options.sampler.name;
  const choice = resolveSampler({ sampler: name, scheduler: options.scheduler ?? 'Automatic', samplers, schedulers: builtinSchedulers });
  const schedule = choice.sampler.schedule?.(model) ?? model;
  const run = planRun({ ...sigmaDefaults, ...choice, steps, schedule, denoise: options.denoise, sgmNoise: false });
  const text = (length: number, rows = seeds.length): Conditioning =>
    new Conditioning(new Tensor(new Float32Array(rows * length * 2), [rows, length, 2]));
  const negative = text(tokens[1]);
  const count = options.weights?.flat().length ?? seeds.length;
  const positive = { conditioning: text(tokens[0], count), weights: options.weights };
  return {
    plan: {
      sampler: name,
      scheduler: 'Automatic',
      steps: run.steps,
      sigmas: run.sigmas,
      cfgScale: options.cfgScale ?? 7,
    },
    sampler: choice.sampler,
    schedule,
    options: {
      eta: options.eta ?? 1,
      sChurn: 0,
      sTmin: 0,
      sTmax: Number.POSITIVE_INFINITY,
      sNoise: 1,
      gamma: options.gamma ?? 0.3,
      uniPc: { variant: 'bh1', skipType: 'time_uniform', order: 3, lowerOrderFinal: true, ...options.uniPc },
    },
    start: run.start,
    range: run.range,
    span: run.span,
    init: options.init,
    mask: options.mask,
    concat: options.concat,
    imageCfgScale: options.imageCfgScale,
    extraNoise: options.extraNoise,
    noiseMultiplier: options.noiseMultiplier,
    beforeCall: options.beforeCall,
    noise: createImageNoise({
      source,
      shape: [4, 8, 8],
      seeds,
      subseeds: [],
      subseedStrength: 0,
      seedResizeFrom: { width: 0, height: 0 },
      seedDelta: 0,
    }),
    guidance: { joined: true, skipEarly: 0, minUncond: 0, minUncondAll: false, ...options.guidance },
    positive: () => positive,
    negative: () => negative,
    network: options.network ?? gaussianNetwork(schedule),
    moments: { ...silent, ...options.moments },
    signal: options.signal ?? new AbortController().signal,
  };
}

export function statistics(latent: Latent): { readonly mean: number; readonly deviation: number } {
  const values = latent.toFloat32Array();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}
