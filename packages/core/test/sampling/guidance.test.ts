import type { Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { runSampling, type SamplingInput } from '../../src/sampling/index.js';
import { type RunOptions, samplingInput } from './sampling-run.js';

/** Rows of each network call, and the latent a run ends with. */
async function run(options: Omit<RunOptions, 'sampler'> & { readonly sampler?: string }): Promise<{ rows: number[]; latent: Latent }> {
  const rows: number[] = [];
  const input = samplingInput({ sampler: 'Euler', steps: 6, ...options });
  const network: SamplingInput['network'] = (fed) => {
    rows.push(fed.latent.batch);
    // Positive and negative rows answer differently, so that guidance matters.
    return input.network(fed).then((epsilon) => epsilon.map((value, i) => value + (i < epsilon.size / fed.latent.batch ? 0.1 : 0)));
  };
  return { rows, latent: await runSampling({ ...input, network }) };
}
const distance = (a: Latent, b: Latent): number => Math.max(...a.sub(b).toFloat32Array().map(Math.abs));

describe('guidance', () => {
  it('asks for a row for each part of a prompt', async () => {
    const { rows } = await run({ seeds: [1, 2], weights: [[1, 0.5], [1]] });
    expect(new Set(rows)).toEqual(new Set([5]));
  });

  it('a part of weight 0 changes nothing, one of another weight does', async () => {
    const plain = await run({});
    const nothing = await run({ weights: [[1, 0]] });
    const twice = await run({ weights: [[2]] });
    expect(distance(plain.latent, nothing.latent)).toBeLessThan(1e-5);
    expect(distance(plain.latent, twice.latent)).toBeGreaterThan(0.01);
    expect(distance(twice.latent, (await run({ cfgScale: 14 })).latent)).toBeLessThan(1e-4);
  });

  it('makes two calls where the prompts are not joined', async () => {
    const apart = await run({ guidance: { joined: false } });
    expect(apart.rows).toEqual(Array(12).fill(1));
  });

  it('leaves the negative prompt out early, and late at each other step', async () => {
    expect((await run({ guidance: { skipEarly: 0.34 } })).rows).toEqual([1, 1, 1, 2, 2, 2]);
    expect((await run({ guidance: { minUncond: 15 } })).rows).toEqual([2, 1, 2, 1, 2, 1]);
    expect((await run({ guidance: { minUncond: 15, minUncondAll: true } })).rows).toEqual(Array(6).fill(1));
  });
});
