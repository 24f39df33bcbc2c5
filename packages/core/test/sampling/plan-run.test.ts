import { describe, expect, it } from 'vitest';
import {
  builtinSamplers,
  builtinSchedulers,
  createNoiseSchedule,
  planRun,
  planSigmas,
  type RunRequest,
  replanRun,
  resolveSampler,
} from '../../src/sampling/index.js';
import { sigmaDefaults } from './sampling-run.js';

const schedule = createNoiseSchedule({ linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000, prediction: 'epsilon' });

function request(sampler: string, change: Partial<RunRequest> = {}): RunRequest {
  const choice = resolveSampler({ sampler, scheduler: 'Automatic', samplers: builtinSamplers, schedulers: builtinSchedulers });
  return { ...sigmaDefaults, ...choice, steps: 20, schedule, sgmNoise: false, ...change };
}
const timesteps = (sigmas: readonly number[]): number[] => sigmas.map((sigma) => Math.round(schedule.sigmaToTimestep(sigma)));

describe('a run from noise', () => {
  it('goes through all levels, and the model’s whole range', () => {
    const { sigmas, steps, start, range, span } = planRun(request('Euler'));
    expect(sigmas).toEqual(planSigmas(request('Euler')));
    expect(steps).toBe(20);
    expect(start).toEqual({ latentScale: 0, noiseScale: sigmas[0], extraNoiseScale: 1 });
    expect(range).toEqual({ steps: 20, sigmaMin: schedule.sigmas[0], sigmaMax: schedule.sigmas[999] });
    expect(span).toEqual({ sigmaMin: sigmas.at(-2), sigmaMax: sigmas[0] });
  });

  it('has the model’s own variance on top where that is wanted; timestep samplers have it in them', () => {
    const first = planRun(request('Euler')).sigmas[0] as number;
    expect(planRun(request('Euler', { sgmNoise: true })).start.noiseScale).toBe(Math.sqrt(1 + first ** 2));
    expect(planRun(request('DDIM', { sgmNoise: true })).start.noiseScale).toBe(1);
  });
});

describe('a run from a latent', () => {
  // requested, strength, fixed: steps that are run, and steps the schedule is made for.
  it.each([
    [20, 0.75, false, 16, 20],
    [20, 1, false, 20, 20],
    [20, 0, false, 1, 20],
    [20, 0.3, false, 7, 20],
    [20, 0.75, true, 20, 26],
    [20, 1, true, 20, 20],
    [7, 0.4, true, 7, 17],
    [20, 0.05, true, 20, 400],
  ])('%i steps, strength %f, fixed %s: %i of %i', (requested, strength, fixedSteps, run, scheduled) => {
    const plan = planRun(request('DPM++ 2M', { steps: requested, denoise: { strength, fixedSteps } }));
    const levels = planSigmas(request('DPM++ 2M', { steps: scheduled }));
    expect(plan.steps).toBe(run);
    expect(plan.sigmas).toEqual(levels.slice(scheduled - run));
    expect(plan.start).toEqual({ latentScale: 1, noiseScale: plan.sigmas[0], extraNoiseScale: 1 });
    expect(plan.range).toEqual({ steps: run, sigmaMin: run > 1 ? plan.sigmas.at(-2) : plan.sigmas[0], sigmaMax: plan.sigmas[0] });
    expect(plan.span).toEqual({ sigmaMin: levels.at(-2), sigmaMax: levels[0] });
  });

  it('of a timestep sampler is noised to the timestep above the first that is run', () => {
    const plan = planRun(request('DDIM', { steps: 8, denoise: { strength: 0.75, fixedSteps: false } }));
    expect(timesteps(plan.sigmas)).toEqual([626, 501, 376, 251, 126, 1]);
    const signal = Math.fround(Math.sqrt(schedule.alphasCumprod[751] as number));
    expect(plan.start.latentScale).toBe(signal);
    expect(plan.start.extraNoiseScale).toBe(signal);
    expect(plan.start.noiseScale ** 2 + signal ** 2).toBeCloseTo(1, 6);
    expect(plan.steps).toBe(7);
    expect(timesteps([plan.range.sigmaMax, plan.range.sigmaMin, plan.span.sigmaMax])).toEqual([626, 126, 876]);
  });

  it('keeps a level for each step also where the last but one is dropped', () => {
    const denoise = { strength: 0.5, fixedSteps: true };
    const plan = planRun(request('DPM2', { steps: 10, denoise }));
    expect(plan.sigmas).toHaveLength(11);
    expect(plan.sigmas).toEqual(planSigmas(request('DPM2', { steps: 20 })).slice(10));
    const discarded = request('DDIM', { options: { ...sigmaDefaults.options, discardNextToLast: true } });
    // The webui's stride is 1000 // 21 = 47.
    expect(timesteps(planRun(discarded).sigmas).slice(-3)).toEqual([95, 48, 1]);
  });

  it('starts at LCM’s own levels', () => {
    const lcm = request('LCM');
    const levels = lcm.sampler.schedule?.(schedule) ?? schedule;
    const plan = planRun({ ...lcm, schedule: levels, steps: 8, denoise: { strength: 0.5, fixedSteps: false } });
    expect(plan.sigmas).toHaveLength(6);
    expect([...levels.sigmas].some((level) => Math.abs(level / (plan.sigmas[0] as number) - 1) < 0.2)).toBe(true);
  });

  it.each(['Euler', 'DDIM', 'UniPC', 'DPM fast'])('%s: strength 0 with fixed steps denoises nothing', (sampler) => {
    const plan = planRun(request(sampler, { denoise: { strength: 0, fixedSteps: true } }));
    expect([plan.sigmas, plan.range.steps, plan.start.latentScale, plan.start.noiseScale]).toEqual([[0], 0, 1, 0]);
  });

  it('of a timestep sampler with too few steps denoises nothing, but is noised', () => {
    const plan = planRun(request('DDIM', { denoise: { strength: 0.01, fixedSteps: false } }));
    expect(plan.range.steps).toBe(0);
    expect(plan.start.noiseScale).toBeCloseTo(Math.sqrt(1 - (schedule.alphasCumprod[1] as number)), 6);
  });
});

describe('levels that somebody changed', () => {
  it('are followed by start, range and span', () => {
    const sigmas = [4, 2, 1, 0];
    const fromNoise = replanRun(request('Euler'), sigmas);
    expect(fromNoise.start.noiseScale).toBe(4);
    expect(fromNoise.span).toEqual({ sigmaMin: 1, sigmaMax: 4 });
    expect(fromNoise.range.sigmaMax).toBe(schedule.sigmas[999]);
    const fromLatent = replanRun(request('Euler', { denoise: { strength: 0.5, fixedSteps: false } }), sigmas);
    expect(fromLatent.start).toEqual({ latentScale: 1, noiseScale: 4, extraNoiseScale: 1 });
    expect(fromLatent.range).toEqual({ steps: 3, sigmaMin: 1, sigmaMax: 4 });
  });

  it('the same levels are the same plan', () => {
    const wanted = request('DDIM', { denoise: { strength: 0.5, fixedSteps: true } });
    expect(replanRun(wanted, [...planRun(wanted).sigmas])).toEqual(planRun(wanted));
  });
});
