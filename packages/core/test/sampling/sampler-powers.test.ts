import type { Latent, SamplerContribution, SamplerRun } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { builtinSamplers, runSampling } from '../../src/sampling/index.js';
import { maxDifference } from './reference-table.js';
import { gaussian, samplingInput, statistics } from './sampling-run.js';

const builtin = (name: string): SamplerContribution => builtinSamplers.find((sampler) => sampler.name === name) as SamplerContribution;

/** A sampler that notes what it is given and ends at once. */
async function given(sampler: Partial<SamplerContribution>): Promise<SamplerRun> {
  let seen: SamplerRun | undefined;
  const sample = async (run: SamplerRun): Promise<Latent> => {
    seen = run;
    return run.latent;
  };
  await runSampling(samplingInput({ sampler: { name: 'Mine', kind: 'sigma', ...sampler, sample } }));
  return seen as SamplerRun;
}

describe('what built-in samplers can do, others can', () => {
  it('is told the range of the noise levels', async () => {
    const { range, sigmas } = await given({});
    expect(range.steps).toBe(8);
    expect(maxDifference([range.sigmaMax, range.sigmaMin], [sigmas[0] as number, sigmas.at(-2) as number])).toBeLessThan(1e-5);
  });

  it('brings its own noise levels', async () => {
    const { sigmas, schedule } = await given({ schedule: builtin('LCM').schedule as NonNullable<SamplerContribution['schedule']> });
    expect(schedule.sigmas.length).toBe(50);
    expect(schedule.sigmaToTimestep(sigmas[0] as number)).toBe(999);
    expect(schedule.sigmaToTimestep(sigmas.at(-2) as number)).toBe(19);
  });

  it('scales guidance, and sees the prediction without it', async () => {
    const scales: number[] = [];
    const unguided: Latent[] = [];
    const uncond: Latent[] = [];
    const euler = builtin('Euler');
    const sampler: SamplerContribution = {
      ...euler,
      cfgFactor: 0.5,
      sample: (run) => {
        expect(() => run.unguided()).toThrow(RangeError);
        return euler.sample({
          ...run,
          async step(index, latent, denoised) {
            unguided.push(run.unguided());
            await run.step(index, latent, denoised);
          },
        });
      },
    };
    await runSampling(
      samplingInput({
        sampler,
        cfgScale: 7,
        moments: {
          prediction: async (rows) => ({ cond: rows.cond, uncond: rows.uncond.scale(2) }),
          guidance: async (question) => {
            scales.push(question.cfgScale);
            uncond.push(question.uncond);
            return undefined;
          },
        },
      }),
    );
    expect(new Set(scales)).toEqual(new Set([3.5]));
    expect(unguided.map((latent) => latent.toFloat32Array())).toEqual(uncond.map((latent) => latent.toFloat32Array()));
  });
});

describe('UniPC', () => {
  const variants = ['bh1', 'bh2', 'vary_coeff'] as const;
  const skipTypes = ['time_uniform', 'time_quadratic', 'logSNR'] as const;
  const ways = variants.flatMap((variant) => skipTypes.map((skipType) => [variant, skipType] as const));
  it.each(ways)('%s over %s ends in samples of the data', async (variant, skipType) => {
    for (const order of [1, 2, 3]) {
      const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
      const latent = await runSampling(samplingInput({ sampler: 'UniPC', steps: 40, seeds, uniPc: { variant, skipType, order } }));
      const { mean, deviation } = statistics(latent);
      expect(Math.abs(mean - gaussian.mean)).toBeLessThan(0.02);
      expect(Math.abs(deviation - gaussian.deviation)).toBeLessThan(0.06);
    }
  });

  it('lowers its order to the steps there are', async () => {
    const latent = await runSampling(samplingInput({ sampler: 'UniPC', steps: 2, uniPc: { order: 3 } }));
    expect(Number.isFinite(statistics(latent).mean)).toBe(true);
  });
});

describe('Restart', () => {
  it.each([
    [19, 19, 0],
    [20, 20, 1],
    [40, 40, 2],
  ])('%i steps: %i pairs and %i times back up', async (steps, pairs, restarts) => {
    const purposes: string[] = [];
    let reported = 0;
    await runSampling(
      samplingInput({
        sampler: 'Restart',
        steps,
        moments: {
          noise: async (latent, purpose) => {
            purposes.push(purpose);
            return latent;
          },
          step: async () => {
            reported++;
          },
        },
      }),
    );
    expect(purposes.filter((purpose) => purpose === 'step').length).toBe(restarts);
    expect(reported).toBe(pairs);
  });
});
