import { Latent, type SamplerContribution } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import customSampler from '../../../../examples/custom-sampler/src/index.js';
import { runSampling } from '../../src/sampling/index.js';
import { goldenTrajectory } from './golden-trajectory.js';
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
  it.each(runs)('%s', (name, options) => goldenTrajectory(recorded, name, options));

  it('so does one of an extension', async () => {
    await goldenTrajectory(readTable(tablePath('ease.safetensors')), 'ease', { sampler: contributedSampler(customSampler) });
  });
});

/** The sampler that an extension contributes. */
function contributedSampler(extension: typeof customSampler): SamplerContribution {
  const found: SamplerContribution[] = [];
  const contribute = { sampler: (sampler: SamplerContribution) => found.push(sampler) };
  extension.setup?.({ contribute } as unknown as Parameters<NonNullable<typeof extension.setup>>[0]);
  return found[0] as SamplerContribution;
}

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
