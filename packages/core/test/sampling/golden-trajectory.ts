import { Latent } from '@armature/sdk';
import { expect } from 'vitest';
import { runSampling } from '../../src/sampling/index.js';
import { maxDifference, type TableTensor } from './reference-table.js';
import { type RunOptions, samplingInput } from './sampling-run.js';

interface Asked {
  readonly latent: Latent;
  readonly level: number;
}

/**
 * Runs a sampler on the recorded answers of a denoiser (after guidance) and expects it to ask at the recorded levels with
 * the recorded latents, and to end at the recorded latent. Keys of a table: `<name>.callNNN.{x_in, sigma_or_t,
 * denoised_or_eps}`, `<name>.decodeN.latent`.
 */
export async function goldenTrajectory(table: ReadonlyMap<string, TableTensor>, name: string, options: RunOptions): Promise<void> {
  const recorded = (key: string): TableTensor => {
    const tensor = table.get(`${name}.${key}`);
    if (!tensor) throw new Error(`nothing recorded as ${name}.${key}`);
    return tensor;
  };
  const asked: Asked[] = [];
  const input = samplingInput(options);
  const byTimestep = input.sampler.kind === 'timestep';
  const answer = async (): Promise<Latent> => {
    const { data, shape } = recorded(`${callKey(asked.length - 1)}.denoised_or_eps`);
    const one = new Latent(data, shape);
    return one.concat(one);
  };
  /** What a timestep sampler asked about before the mask was blended in. */
  let current: Latent | undefined;
  const result = await runSampling({
    ...input,
    ...(byTimestep && { network: answer }),
    moments: {
      ...input.moments,
      ...(!byTimestep && { wrapDenoiser: () => answer }),
      async blend(blended, facts) {
        if (byTimestep && !facts.final) current = facts.current;
        return blended;
      },
      async feeds(feeds) {
        const latent = current ?? feeds.latent.rows(0, feeds.positiveRows);
        asked.push({ latent, level: byTimestep ? feeds.timestep : feeds.sigma });
        return feeds;
      },
    },
  });
  for (const [call, { latent, level }] of asked.entries()) {
    expect(maxDifference(latent.toFloat32Array(), recorded(`${callKey(call)}.x_in`).data)).toBeLessThan(2e-5);
    expect(level).toBeCloseTo(recorded(`${callKey(call)}.sigma_or_t`).data[0] ?? Number.NaN, 5);
  }
  expect(table.has(`${name}.${callKey(asked.length)}.x_in`)).toBe(false);
  for (let picture = 0; picture < result.batch; picture++) {
    const seen = result.rows(picture, picture + 1).toFloat32Array();
    expect(maxDifference(seen, recorded(`decode${picture}.latent`).data)).toBeLessThan(1e-5);
  }
}

const callKey = (call: number): string => `call${String(call).padStart(3, '0')}`;
