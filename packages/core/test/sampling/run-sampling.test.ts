import { Latent, type StepInfo, type StepReport } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { builtinSamplers, runSampling, type SamplingMoments, stepCount } from '../../src/sampling/index.js';
import { maxDifference } from './reference-table.js';
import { gaussian, samplingInput, statistics } from './sampling-run.js';

const names = builtinSamplers.map((sampler) => sampler.name);
/** Fresh noises of a run of 8 steps; DPM adaptive's depend on the picture. */
const noiseDraws: Readonly<Record<string, number>> = {
  'DPM++ 2M': 0,
  'DPM++ SDE': 14,
  'DPM++ 2M SDE': 7,
  'DPM++ 2M SDE Heun': 7,
  'DPM++ 2S a': 7,
  'DPM++ 3M SDE': 7,
  'Euler a': 7,
  Euler: 8,
  LMS: 0,
  Heun: 8,
  DPM2: 8,
  'DPM2 a': 7,
  'DPM fast': 3,
  Restart: 0,
  DDIM: 7,
  'DDIM CFG++': 7,
  PLMS: 0,
  UniPC: 0,
  LCM: 7,
  TCD: 7,
  DDPM: 7,
};
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe.each(names)('%s', (sampler) => {
  // LCM is right only with networks that were distilled for it: its trajectory is compared with recorded pictures.
  it.skipIf(sampler === 'LCM').each(['epsilon', 'v'] as const)(
    'turns noise into samples of the data (%s prediction)',
    async (prediction) => {
      const eta = sampler.startsWith('DDIM') ? 0 : 1;
      const latent = await runSampling(samplingInput({ sampler, steps: 60, seeds, prediction, eta }));
      const { mean, deviation } = statistics(latent);
      expect(Math.abs(mean - gaussian.mean)).toBeLessThan(0.02);
      // Samplers of first order still fall short at 60 steps.
      expect(Math.abs(deviation - gaussian.deviation)).toBeLessThan(0.06);
    },
  );

  // DPM adaptive chooses its steps by the error of the whole batch, as in the reference.
  it.skipIf(sampler === 'DPM adaptive')('a picture does not depend on its batch', async () => {
    const both = await runSampling(samplingInput({ sampler, seeds: [1, 2] }));
    const second = await runSampling(samplingInput({ sampler, seeds: [2] }));
    expect(second.toFloat32Array()).toEqual(both.rows(1, 2).toFloat32Array());
  });

  it('moments that change nothing change no bit, and x0 is spoken of', async () => {
    const plain = await runSampling(samplingInput({ sampler }));
    const seen: Latent[] = [];
    const guided: SamplingMoments['guided'] = async (latent) => {
      seen.push(latent);
      return latent;
    };
    const spoken = await runSampling(samplingInput({ sampler, moments: { guided, wrapDenoiser: (inner) => (feeds) => inner(feeds) } }));
    expect(spoken.toFloat32Array()).toEqual(plain.toFloat32Array());
    // x0 lies near the data's mean from the first step on; epsilon would have mean 0 and deviation 1.
    expect(Math.abs(statistics(seen[0] as Latent).mean - gaussian.mean)).toBeLessThan(0.05);
  });

  // CFG++ goes on along the negative prompt's noise, which does not lead to where guidance points.
  it.skipIf(sampler === 'DDIM CFG++').each(['guided', 'guidance'] as const)(
    'a constant x0 from %s is where the run ends',
    async (moment) => {
      const target = new Latent(new Float32Array(256).fill(-2), [1, 4, 8, 8]);
      const latent = await runSampling(samplingInput({ sampler, eta: 0, steps: 20, moments: { [moment]: async () => target } }));
      const { mean, deviation } = statistics(latent);
      expect(Math.abs(mean + 2)).toBeLessThan(0.05);
      expect(deviation).toBeLessThan(0.06);
    },
  );

  it('a prediction that is moved moves the result', async () => {
    const plain = await runSampling(samplingInput({ sampler, eta: 0 }));
    const prediction: SamplingMoments['prediction'] = async ({ cond, uncond }) => ({
      cond: cond.map((x) => x + 1),
      uncond: uncond.map((x) => x + 1),
    });
    const moved = await runSampling(samplingInput({ sampler, eta: 0, moments: { prediction } }));
    expect(statistics(moved).mean).toBeGreaterThan(statistics(plain).mean + 0.5);
  });

  it('reports steps and calls', async () => {
    const steps: StepInfo[] = [];
    const reports: StepReport[] = [];
    const step: SamplingMoments['step'] = async (report, info) => {
      steps.push(info);
      reports.push(report);
    };
    const input = samplingInput({ sampler, moments: { step } });
    const latent = await runSampling(input);
    const expected = stepCount(input.sampler, input.plan.sigmas);
    const count = sampler === 'DPM adaptive' ? steps.length : expected;
    const calls = steps.map((info) => info.call);
    expect(steps.map((info) => info.index)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(calls).toEqual([...calls].sort((a, b) => a - b));
    if (input.sampler.secondOrder) expect(calls.at(-1)).toBeGreaterThan(count);
    expect(steps.map((info) => info.steps)).toEqual(steps.map(() => expected));
    if (calls.at(-1) === count - 1 && count < input.plan.sigmas.length) {
      const levels = input.plan.sigmas.slice(0, -1);
      expect(
        maxDifference(
          steps.map((info) => info.sigma),
          levels,
        ),
      ).toBeLessThan(1e-4);
    }
    expect(reports.at(-1)?.latent).toBe(latent);
  });

  it('stops before the next network call when it is cancelled', async () => {
    const controller = new AbortController();
    let calls = 0;
    const feeds: SamplingMoments['feeds'] = async (value) => {
      if (++calls === 3) controller.abort('enough');
      return value;
    };
    const run = runSampling(samplingInput({ sampler, signal: controller.signal, moments: { feeds } }));
    await expect(run).rejects.toMatchObject({ code: 'JOB_CANCELLED', cause: 'enough' });
    expect(calls).toBe(3);
  });
});

describe('noise', () => {
  it('speaks for the initial noise and for each fresh one', async () => {
    const purposes: string[] = [];
    const noise: SamplingMoments['noise'] = async (latent, purpose) => {
      purposes.push(purpose);
      return latent;
    };
    for (const [sampler, drawn] of Object.entries(noiseDraws)) {
      purposes.length = 0;
      await runSampling(samplingInput({ sampler, moments: { noise } }));
      expect([sampler, purposes]).toEqual([sampler, ['initial', ...new Array(drawn).fill('step')]]);
    }
  });
});

describe('feeds', () => {
  it('carries extra inputs and a changed latent to the network', async () => {
    const input = samplingInput({ sampler: 'Euler' });
    const socket = new Latent(new Float32Array(256), [1, 4, 8, 8]);
    const seen: unknown[] = [];
    const changed = samplingInput({
      sampler: 'Euler',
      network: async (rows) => {
        seen.push(rows.inputs.hint?.[0], statistics(rows.latent).deviation);
        return input.network(rows);
      },
      moments: { feeds: async (feeds) => ({ ...feeds, latent: feeds.latent.scale(0), inputs: { hint: [socket] } }) },
    });
    await runSampling(changed);
    expect(seen.slice(0, 2)).toEqual([socket, 0]);
  });
});

describe('a sampler of somebody else', () => {
  const failing = (sample: () => unknown) => ({ name: 'Mine', kind: 'sigma' as const, sample: async () => sample() as Latent });
  it.each([
    [
      'throws',
      () => {
        throw new TypeError('no such thing');
      },
      'no such thing',
    ],
    ['returns nothing', () => undefined, 'it returned undefined instead of a latent'],
    [
      'returns another shape',
      () => new Latent(new Float32Array(16), [1, 1, 4, 4]),
      'it returned a latent of shape [1,1,4,4] for a batch of [1,4,8,8]',
    ],
  ])('%s', async (_, sample, problem) => {
    const run = runSampling(samplingInput({ sampler: failing(sample) }));
    await expect(run).rejects.toMatchObject({ code: 'SAMPLER_FAILED', data: { name: 'Mine', problem } });
  });

  it('names the hook when guidance answers with another shape', async () => {
    const run = runSampling(
      samplingInput({ sampler: 'Euler', moments: { guidance: async () => new Latent(new Float32Array(4), [1, 4, 1, 1]) } }),
    );
    await expect(run).rejects.toMatchObject({ code: 'EXT_TAP_RETURNED', data: { hook: 'sampling.guidance' } });
  });
});
