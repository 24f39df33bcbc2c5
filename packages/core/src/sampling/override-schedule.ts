import type { NoiseSchedule } from '@armature/sdk';
import { discreteSchedule } from './discrete-schedule.js';
import { roundHalf } from './round-half.js';

export interface ScheduleOverrides {
  /** ᾱ in half precision, as early half-precision models were run (`use_downcasted_alpha_bar`). */
  readonly halfAlphas: boolean;
  /** The last timestep is all noise: Lin et al. 2023, algorithm 1 (`sd_noise_schedule`). */
  readonly zeroTerminalSnr: boolean;
  /** Noise levels are rounded to trained timesteps (`enable_quantization`). */
  readonly quantized: boolean;
}

/** The noise levels of a model as a job's options want them; the model's own where they want nothing. */
export function overrideSchedule(model: NoiseSchedule, { halfAlphas, zeroTerminalSnr, quantized }: ScheduleOverrides): NoiseSchedule {
  if (!halfAlphas && !zeroTerminalSnr && !quantized) return model;
  const round = halfAlphas ? roundHalf : Math.fround;
  const alphas = Float32Array.from(model.alphasCumprod, round);
  const alphasCumprod = zeroTerminalSnr ? rescale(alphas, round) : alphas;
  return discreteSchedule({ alphasCumprod, prediction: model.prediction, round, quantized });
}

/** √ᾱ is shifted and stretched so that it falls from its first value to zero; the last ᾱ is the reference's, just above 0. */
function rescale(alphas: Float32Array, round: (value: number) => number): Float32Array {
  const roots = alphas.map((alpha) => round(Math.sqrt(alpha)));
  const first = roots[0] as number;
  const last = roots.at(-1) as number;
  const stretch = round(first / round(first - last));
  const rescaled = roots.map((root) => round(round(round(root - last) * stretch) ** 2));
  rescaled[rescaled.length - 1] = round(4.8973451890853435e-8);
  return rescaled;
}
