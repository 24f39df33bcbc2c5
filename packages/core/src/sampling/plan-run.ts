import type { NoiseSchedule } from '@armature/sdk';
import { type DenoiseAmount, img2imgSteps } from './img2img-steps.js';
import { planSigmas, type SigmaRequest } from './plan-sigmas.js';
import type { RunPlan, RunStart, SigmaSpan } from './run-plan.js';

export interface RunRequest extends SigmaRequest {
  /** Left out: the run starts from noise alone. */
  readonly denoise?: DenoiseAmount;
  /** A run from noise alone starts with the model's own variance on top (`sgm_noise_multiplier`). */
  readonly sgmNoise: boolean;
}

const nothingToDo: RunStart = { latentScale: 1, noiseScale: 0, extraNoiseScale: 1 };

/**
 * Levels, start and range of a run, from noise or from a latent (the webui's `Sampler.sample` and `sample_img2img`). With
 * fixed steps and strength 0 nothing is denoised, whatever the sampler.
 */
export function planRun(request: RunRequest): RunPlan {
  const { denoise, schedule, steps } = request;
  if (!denoise) return fromNoise(request);
  const { scheduled, encoded } = img2imgSteps(steps, denoise);
  if (scheduled === 0) return makePlan([0], { steps: encoded + 1, start: nothingToDo, span: rangeOf(schedule), taken: 0 });
  const levels = planSigmas({ ...request, steps: scheduled });
  const details = { steps: encoded + 1, span: spanOf(levels, schedule) };
  if (request.sampler.kind === 'timestep') {
    // The start is noised to the level above the first that is run; the levels are counted from the lowest.
    const above = levels[Math.max(levels.length - 1 - encoded, 0)] as number;
    const sigmas = levels.slice(-Math.max(encoded, 1));
    return makePlan(sigmas, { ...details, start: variancePreserving(above, schedule), taken: Math.min(encoded, levels.length) });
  }
  const sigmas = levels.slice(Math.min(scheduled - encoded - 1, levels.length - 1));
  const [first = 0] = sigmas;
  return makePlan(sigmas, {
    ...details,
    start: { latentScale: 1, noiseScale: first, extraNoiseScale: 1 },
    taken: sigmas.length - 1,
  });
}

function fromNoise(request: RunRequest): RunPlan {
  const { schedule, steps, sampler, sgmNoise } = request;
  const sigmas = planSigmas(request);
  const [first = 1] = sigmas;
  const ofSigma = sgmNoise ? Math.sqrt(1 + first ** 2) : first;
  return Object.freeze({
    sigmas,
    steps,
    start: { latentScale: 0, noiseScale: sampler.kind === 'timestep' ? 1 : ofSigma, extraNoiseScale: 1 },
    range: { steps, ...rangeOf(schedule) },
    span: spanOf(sigmas, schedule),
  });
}

function makePlan(
  sigmas: readonly number[],
  { taken, ...details }: Omit<RunPlan, 'sigmas' | 'range'> & { readonly taken: number },
): RunPlan {
  const sigmaMax = sigmas[0] as number;
  const range = { steps: taken, sigmaMin: sigmas.at(-2) ?? sigmaMax, sigmaMax };
  return Object.freeze({ sigmas: Object.freeze([...sigmas]), ...details, range });
}

function variancePreserving(sigma: number, schedule: NoiseSchedule): RunStart {
  const alpha = schedule.alphasCumprod[Math.round(schedule.sigmaToTimestep(sigma))] as number;
  const signal = Math.fround(Math.sqrt(alpha));
  return { latentScale: signal, noiseScale: Math.fround(Math.sqrt(Math.fround(1 - alpha))), extraNoiseScale: signal };
}

const rangeOf = ({ sigmas }: NoiseSchedule): SigmaSpan => ({ sigmaMin: sigmas[0] as number, sigmaMax: sigmas.at(-1) as number });

function spanOf(levels: readonly number[], schedule: NoiseSchedule): SigmaSpan {
  const positive = levels.filter((level) => level > 0);
  return positive.length > 0 ? { sigmaMin: Math.min(...positive), sigmaMax: Math.max(...positive) } : rangeOf(schedule);
}
