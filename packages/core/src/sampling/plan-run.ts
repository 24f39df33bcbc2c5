import type { NoiseSchedule } from '@armature/sdk';
import { type DenoiseAmount, img2imgSteps } from './img2img-steps.js';
import { planSigmas, type SigmaRequest } from './plan-sigmas.js';
import type { RunPlan, SigmaSpan } from './run-plan.js';
import { startFromLatent, startFromNoise } from './run-start.js';

export interface RunRequest extends SigmaRequest {
  /** Left out: the run starts from noise alone. */
  readonly denoise?: DenoiseAmount | undefined;
  /** A run from noise alone starts with the model's own variance on top (`sgm_noise_multiplier`). */
  readonly sgmNoise: boolean;
}

/**
 * Levels, start and range of a run, from noise or from a latent (the webui's `Sampler.sample` and `sample_img2img`). With
 * fixed steps and strength 0 nothing is denoised, whatever the sampler.
 */
export function planRun(request: RunRequest): RunPlan {
  const { denoise, schedule, steps, sampler } = request;
  if (!denoise) return fromNoise(request);
  const { scheduled, encoded } = img2imgSteps(steps, denoise);
  if (scheduled === 0) return truncated([0], 0, { steps, start: unchanged, span: modelSpan(schedule) });
  const levels = planSigmas({ ...request, steps: scheduled });
  const span = spanOf(levels, schedule);
  if (sampler.kind === 'sigma') {
    const sigmas = levels.slice(Math.min(scheduled - encoded - 1, levels.length - 1));
    return truncated(sigmas, sigmas.length - 1, { steps: encoded + 1, start: startFromLatent(request, sigmas[0] as number), span });
  }
  // Timesteps are counted from the lowest, and the start is noised to the one above those that are run.
  const run = Math.min(encoded, levels.length - 1);
  const above = levels.at(-1 - run) as number;
  return truncated(levels.slice(-Math.max(run, 1)), run, { steps: encoded + 1, start: startFromLatent(request, above), span });
}

/** A plan whose levels were changed by somebody; what follows from the levels follows them. */
export function replanRun(request: RunRequest, sigmas: readonly number[]): RunPlan {
  const planned = planRun(request);
  if (planned.sigmas.length === sigmas.length && planned.sigmas.every((level, i) => level === sigmas[i])) return planned;
  const { schedule, sampler, denoise } = request;
  const steps = sampler.kind === 'sigma' ? sigmas.length - 1 : sigmas.length;
  const span = spanOf(sigmas, schedule);
  const first = sigmas[0] as number;
  if (denoise) return truncated(sigmas, steps, { steps, start: startFromLatent(request, first), span });
  return Object.freeze({ sigmas, steps, start: startFromNoise(request, first), range: { steps, ...modelSpan(schedule) }, span });
}

function fromNoise(request: RunRequest): RunPlan {
  const { schedule, steps } = request;
  const sigmas = planSigmas(request);
  const start = startFromNoise(request, sigmas[0] as number);
  return Object.freeze({ sigmas, steps, start, range: { steps, ...modelSpan(schedule) }, span: spanOf(sigmas, schedule) });
}

/** No noise is added: there is nothing to take away. */
const unchanged = { latentScale: 1, noiseScale: 0, extraNoiseScale: 1 };

/** `count`: steps between the levels. */
function truncated(sigmas: readonly number[], count: number, rest: Pick<RunPlan, 'steps' | 'start' | 'span'>): RunPlan {
  const sigmaMax = sigmas[0] as number;
  const range = { steps: count, sigmaMin: sigmas.at(-2) ?? sigmaMax, sigmaMax };
  return Object.freeze({ sigmas: Object.freeze([...sigmas]), range, ...rest });
}

const modelSpan = ({ sigmas }: NoiseSchedule): SigmaSpan => ({ sigmaMin: sigmas[0] as number, sigmaMax: sigmas.at(-1) as number });

function spanOf(levels: readonly number[], schedule: NoiseSchedule): SigmaSpan {
  const positive = levels.filter((level) => level > 0);
  return positive.length > 0 ? { sigmaMin: Math.min(...positive), sigmaMax: Math.max(...positive) } : modelSpan(schedule);
}
