import { type DenoiserFeeds, Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { runSampling } from '../../src/sampling/index.js';
import { maxDifference, readTable, tablePath } from './reference-table.js';
import { type RunOptions, samplingInput } from './sampling-run.js';

/** Denoiser calls of the reference: what it was given, what it answered. */
const recorded = readTable(tablePath('trajectories.safetensors'));
const latentOf = (key: string): Latent => {
  const tensor = recorded.get(key);
  if (!tensor) throw new Error(`nothing recorded as ${key}`);
  return new Latent(tensor.data, tensor.shape);
};

const valuesOf = (key: string): Float32Array => latentOf(key).toFloat32Array();

const runs: readonly (readonly [string, RunOptions])[] = [
  ['euler', { sampler: 'Euler' }],
  ['dpmpp_2m', { sampler: 'DPM++ 2M', scheduler: 'Karras' }],
  ['euler_a', { sampler: 'Euler a', steps: 6, seeds: [1234, 1235], source: 'NV' }],
];

describe('a sampler asks what the reference asked', () => {
  it.each(runs)('%s', async (name, options) => {
    const asked: DenoiserFeeds[] = [];
    const answerer = () => async (feeds: DenoiserFeeds) => {
      const answer = latentOf(`${name}.call00${asked.length}.denoised_or_eps`);
      asked.push(feeds);
      return answer.concat(answer);
    };
    const latent = await runSampling(samplingInput({ ...options, moments: { wrapDenoiser: answerer } }));
    expect(asked.length).toBe(options.steps ?? 8);
    for (const [call, feeds] of asked.entries()) {
      const { batch } = latent;
      const key = `${name}.call00${call}`;
      expect(maxDifference(feeds.latent.rows(0, batch).toFloat32Array(), valuesOf(`${key}.x_in`))).toBeLessThan(2e-5);
      expect(feeds.sigma).toBeCloseTo(recorded.get(`${key}.sigma_or_t`)?.data[0] ?? Number.NaN, 5);
    }
    const pictures =
      latent.batch === 1
        ? latentOf(`${name}.decode0.latent`)
        : latentOf(`${name}.decode0.latent`).concat(latentOf(`${name}.decode1.latent`));
    expect(maxDifference(latent.toFloat32Array(), pictures.toFloat32Array())).toBeLessThan(1e-5);
  });
});

describe('the network is fed what the reference fed it', () => {
  it('in one call for prompts of one length, in two for different lengths', async () => {
    for (const [name, rows, tokens] of [
      ['euler', 2, [77, 77]],
      ['dpmpp_2m', 1, [308, 77]],
    ] as const) {
      const scheduler = name === 'euler' ? 'Automatic' : 'Karras';
      const input = samplingInput({ sampler: name === 'euler' ? 'Euler' : 'DPM++ 2M', scheduler, tokens });
      const abort = new Error('enough');
      let calls = 0;
      const guided: Latent[] = [];
      const run = runSampling({
        ...input,
        async network(fed) {
          const key = `${name}.unet${calls++}`;
          expect(fed.latent.batch).toBe(rows);
          expect(maxDifference(fed.latent.toFloat32Array(), valuesOf(`${key}.x`))).toBeLessThan(1e-6);
          expect(fed.timestep).toBeCloseTo(recorded.get(`${key}.t`)?.data[0] ?? Number.NaN, 3);
          return latentOf(`${key}.out`);
        },
        moments: {
          ...input.moments,
          async guided(latent) {
            guided.push(latent);
            throw abort;
          },
        },
      });
      await expect(run).rejects.toThrow('enough');
      expect(calls).toBe(rows === 2 ? 1 : 2);
      expect(maxDifference(guided[0]?.toFloat32Array() ?? [], valuesOf(`${name}.call000.denoised_or_eps`))).toBeLessThan(1e-5);
    }
  });
});
