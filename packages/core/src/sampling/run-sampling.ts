import { isHostError, isLatent, type Latent, type SamplerContribution, type SamplerRun } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { denoiserScale } from './denoiser-scale.js';
import { GuidedDenoiser } from './guided-denoiser.js';
import { MaskBlend } from './mask-blend.js';
import type { SamplingInput } from './sampling-input.js';
import { startLatent } from './start-latent.js';
import { StepClock } from './step-clock.js';
import { stepCount } from './step-count.js';

/**
 * Runs a sampler from noise, or from a latent with noise added, to its final latent: the only hot loop. A mask has the
 * last word. Nothing to denoise (a range without steps): the start is the result.
 * A run that is stopped gives the estimate of its last step. @throws HostError JOB_CANCELLED (the signal is read before every network call), SAMPLER_FAILED (the sampler threw or
 * returned something else than a latent of the batch), and what `network` and the moments throw.
 */
export async function runSampling(input: SamplingInput): Promise<Latent> {
  const { plan, sampler, moments, mask } = input;
  const clock = new StepClock(stepCount(sampler, plan.sigmas));
  const blend = mask && new MaskBlend(mask, moments, sampler.kind);
  const latent = await startLatent(input);
  const result = input.range.steps === 0 ? latent : await runSampler(sampler, samplerRun(input, latent, clock, blend));
  return blend ? blend.of(result, clock.now(), true) : result;
}

function samplerRun(input: SamplingInput, latent: Latent, clock: StepClock, blend: MaskBlend | undefined): SamplerRun {
  const { plan, sampler, moments, noise, schedule } = input;
  const denoiser = new GuidedDenoiser(input, { scale: denoiserScale(sampler.kind, schedule), clock, blend });
  const path = brownianPath(input);
  return {
    latent,
    sigmas: plan.sigmas,
    timesteps: plan.sigmas.map((sigma) => timestepOf(input, sigma)),
    options: input.options,
    schedule,
    range: input.range,
    denoise: (at, sigma) => denoiser.predict(at, { sigma, timestep: timestepOf(input, sigma) }),
    predictNoise: (at, timestep) => denoiser.predict(at, { sigma: schedule.timestepToSigma(timestep), timestep }),
    unguided: () => denoiser.unguided(),
    noise: async () => moments.noise(await noise.next(), 'step'),
    brownian: async (sigma, next) => moments.noise(await path(sigma, next), 'step'),
    async step(index, after, denoised) {
      const ended = clock.end(index);
      if ((await moments.step({ latent: after, denoised }, ended)) === 'stop') throw new StoppedRun(denoised);
    },
  };
}

/** Timesteps of timestep samplers are training timesteps, so their fraction is rounding error of the logarithm. */
function timestepOf({ sampler, schedule }: SamplingInput, sigma: number): number {
  const timestep = schedule.sigmaToTimestep(sigma);
  return sampler.kind === 'timestep' ? Math.round(timestep) : timestep;
}

/** It is made when a sampler first asks. */
function brownianPath({ noise, span }: SamplingInput): (sigma: number, next: number) => Promise<Latent> {
  let path: ReturnType<SamplingInput['noise']['brownian']> | undefined;
  return (sigma, next) => {
    path ??= noise.brownian(span.sigmaMin, span.sigmaMax);
    return path(sigma, next);
  };
}

/** Leaves the sampler, whoever wrote it. */
class StoppedRun extends Error {
  readonly denoised: Latent;

  constructor(denoised: Latent) {
    super('stopped');
    this.denoised = denoised;
  }
}

/** A guard around a contributed sampler may have wrapped it. */
function stoppedBy(error: unknown): StoppedRun | undefined {
  if (error instanceof StoppedRun) return error;
  return error instanceof Error && error.cause !== undefined ? stoppedBy(error.cause) : undefined;
}

async function runSampler(sampler: SamplerContribution, run: SamplerRun): Promise<Latent> {
  const fail = (problem: string, cause?: unknown): HostError => new HostError('SAMPLER_FAILED', { name: sampler.name, problem }, { cause });
  let result: unknown;
  try {
    result = await sampler.sample(run);
  } catch (error) {
    const stopped = stoppedBy(error);
    if (stopped) return stopped.denoised;
    if (isHostError(error)) throw error;
    throw fail(error instanceof Error ? error.message : String(error), error);
  }
  if (!isLatent(result)) throw fail(`it returned ${result === null ? 'null' : typeof result} instead of a latent`);
  if (!result.sameShape(run.latent)) throw fail(`it returned a latent of shape [${result.shape}] for a batch of [${run.latent.shape}]`);
  return result;
}
