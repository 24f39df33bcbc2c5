import { Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { type BlendFacts, builtinSamplers, runSampling, type SamplingMoments } from '../../src/sampling/index.js';
import { maxDifference } from './reference-table.js';
import { gaussian, type RunOptions, samplingInput, statistics } from './sampling-run.js';

const names = builtinSamplers.map((sampler) => sampler.name);
const seeds = [1, 2, 3, 4];
const filled = (value: number, shape: readonly number[] = [1, 4, 8, 8]): Latent =>
  new Latent(new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value), shape);
/** A picture as the Gaussian network knows them. */
const picture = async (rows: readonly number[]): Promise<Latent> =>
  (await samplingInput({ sampler: 'Euler', seeds: rows.map((seed) => seed + 100) }).noise.first())
    .scale(gaussian.deviation)
    .map((value) => value + gaussian.mean);
/** The left half is painted anew. */
const leftHalf = new Latent(
  Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 1 : 0)),
  [1, 1, 8, 8],
);

describe.each(names)('%s from a picture', (sampler) => {
  // LCM is right only with networks that were distilled for it.
  it.skipIf(sampler === 'LCM')('ends at a picture, not the same one', async () => {
    const init = await picture(seeds);
    const eta = sampler.startsWith('DDIM') ? 0 : 1;
    const denoise = { strength: 0.6, fixedSteps: true };
    const latent = await runSampling(samplingInput({ sampler, steps: 30, seeds, eta, init, denoise }));
    const { mean, deviation } = statistics(latent);
    expect(Math.abs(mean - gaussian.mean)).toBeLessThan(0.03);
    expect(Math.abs(deviation - gaussian.deviation)).toBeLessThan(0.06);
    expect(maxDifference(latent.toFloat32Array(), init.toFloat32Array())).toBeGreaterThan(0.1);
  });

  it('leaves alone what the mask keeps', async () => {
    const init = await picture([1, 2]);
    const blends: BlendFacts[] = [];
    const levels: number[] = [];
    const moments: Partial<SamplingMoments> = {
      async blend(latent, facts, step) {
        blends.push(facts);
        levels.push(input.sampler.kind === 'timestep' ? step.timestep : step.sigma);
        return latent;
      },
    };
    const mask = { original: init, repaint: leftHalf };
    const denoise = { strength: 0.7, fixedSteps: false };
    const options: RunOptions = { sampler, steps: 8, seeds: [1, 2], init, mask, denoise, moments };
    const input = samplingInput(options);
    const latent = await runSampling(input);
    const moved = latent.sub(init).toFloat32Array();
    expect([...moved].every((change, i) => (i % 8 < 4 ? change !== 0 : change === 0))).toBe(true);
    expect(blends.filter((facts) => facts.final)).toHaveLength(1);
    expect(blends.at(-1)?.final).toBe(true);
    expect(blends[0]?.repaint.shape).toEqual(init.shape);
    expect(blends.map(({ level }) => level)).toEqual(levels);
  });

  it('strength 0 with fixed steps: the picture itself, and no call of the network', async () => {
    const init = await picture([1]);
    const network = async (): Promise<Latent> => {
      throw new Error('called');
    };
    const denoise = { strength: 0, fixedSteps: true };
    const latent = await runSampling(samplingInput({ sampler, init, denoise, network }));
    expect(latent.toFloat32Array()).toEqual(init.toFloat32Array());
  });
});

describe('noise that a picture is given', () => {
  const denoise = { strength: 0.5, fixedSteps: false };
  /** What the sampler starts from. */
  const startOf = async (options: Partial<RunOptions>): Promise<Latent> => {
    let seen: Latent | undefined;
    const sample = async ({ latent }: { readonly latent: Latent }): Promise<Latent> => {
      seen = latent;
      return latent;
    };
    await runSampling(samplingInput({ sampler: { name: 'Mine', kind: 'sigma', sample }, denoise, init: filled(2), ...options }));
    return seen as Latent;
  };
  const noise = async (): Promise<Latent> => samplingInput({ sampler: 'Euler' }).noise.first();
  const sigma = samplingInput({ sampler: 'Euler', denoise }).plan.sigmas[0] as number;

  it('is the first level’s, times what the user asks for', async () => {
    const drawn = await noise();
    expect((await startOf({})).toFloat32Array()).toEqual(filled(2).add(drawn.scale(sigma)).toFloat32Array());
    const twice = filled(2).add(drawn.scale(0.9).scale(sigma));
    expect((await startOf({ noiseMultiplier: 0.9 })).toFloat32Array()).toEqual(twice.toFloat32Array());
  });

  it('may be more, and others may change what is added', async () => {
    const drawn = await noise();
    const purposes: string[] = [];
    const speak: SamplingMoments['noise'] = async (latent, purpose) => {
      purposes.push(purpose);
      return purpose === 'extra' ? latent.scale(-1) : latent;
    };
    const start = filled(2).add(drawn.scale(sigma));
    const more = await startOf({ extraNoise: 0.25 });
    expect(more.toFloat32Array()).toEqual(start.add(drawn.scale(0.25)).toFloat32Array());
    const less = await startOf({ extraNoise: 0.25, moments: { noise: speak } });
    expect(less.toFloat32Array()).toEqual(start.add(drawn.scale(-1).scale(0.25)).toFloat32Array());
    expect(purposes).toEqual(['initial', 'extra']);
  });

  it('is weaker for timestep samplers, as their picture is', async () => {
    const input = samplingInput({ sampler: 'DDIM', denoise });
    const extra = await runSampling({ ...input, init: filled(2), range: { ...input.range, steps: 0 }, extraNoise: 0.5 });
    const { latentScale, noiseScale } = input.start;
    const drawn = await noise();
    const expected = filled(2).scale(latentScale).add(drawn.scale(noiseScale)).add(drawn.scale(0.5).scale(latentScale));
    expect(extra.toFloat32Array()).toEqual(expected.toFloat32Array());
  });
});

it('the Brownian path spans the levels before the start too', async () => {
  const spans: number[][] = [];
  const input = samplingInput({ sampler: 'DPM++ 2M SDE', init: filled(0), denoise: { strength: 0.5, fixedSteps: false } });
  const brownian = (min: number, max: number) => {
    spans.push([min, max]);
    return input.noise.brownian(min, max);
  };
  await runSampling({ ...input, noise: { ...input.noise, brownian } });
  const whole = samplingInput({ sampler: 'DPM++ 2M SDE' }).plan.sigmas;
  expect(spans).toEqual([[whole.at(-2), whole[0]]]);
});

describe('a mask', () => {
  it('blends by share: current · repaint + original · (1 − repaint), the guided latent last', async () => {
    const denoise = { strength: 0.5, fixedSteps: false };
    const mask = { original: filled(3), repaint: filled(0.25) };
    const guided: Latent[] = [];
    const moments: Partial<SamplingMoments> = {
      guidance: async () => filled(-1),
      async guided(latent) {
        guided.push(latent);
        return filled(7);
      },
    };
    const latent = await runSampling(samplingInput({ sampler: 'Euler', init: filled(3), denoise, mask, moments }));
    expect(guided[0]?.at(5)).toBe(2);
    expect(latent.at(5)).toBeCloseTo(7 * 0.25 + 3 * 0.75, 4);
  });

  it('of another size is refused', async () => {
    const mask = { original: filled(0), repaint: filled(1, [1, 1, 4, 4]) };
    const run = runSampling(samplingInput({ sampler: 'Euler', init: filled(0), mask, denoise: { strength: 1, fixedSteps: true } }));
    await expect(run).rejects.toThrow('a mask of [1,1,4,4] does not fit a latent of [1,4,8,8]');
  });
});
