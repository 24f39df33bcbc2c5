import { fileURLToPath } from 'node:url';
import type { Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { runSampling } from '../../src/sampling/index.js';
import { maxDifference, readTable } from './reference-table.js';
import { samplingInput } from './sampling-run.js';

// The other side is PyTorch: tools/families/consistency.py.
const recorded = readTable(fileURLToPath(new URL('consistency.safetensors', import.meta.url)));
const runs = [...recorded.keys()].filter((name) => !name.endsWith('.timesteps'));

describe.each(runs)('sampler.steps.gamma.prediction %s', (name) => {
  const [, sampler, steps, gamma, prediction] = /^(\w+)\.(\d+)\.([\d.]+)\.(\w+)$/.exec(name)!;

  it('asks at the timesteps of the other side and goes its way', async () => {
    const latents: Latent[] = [];
    const timesteps: number[] = [];
    const input = samplingInput({
      sampler: sampler!,
      steps: Number(steps),
      gamma: Number(gamma),
      prediction: prediction as 'epsilon' | 'v',
      cfgScale: 1,
      moments: {
        step: async ({ latent }) => void latents.push(latent),
        feeds: async (feeds) => {
          timesteps.push(feeds.timestep);
          return feeds;
        },
      },
    });
    const last = await runSampling(input);
    const expected = recorded.get(name)!;
    expect(maxDifference(timesteps, recorded.get(`${name}.timesteps`)!.data)).toBeLessThan(1e-3);
    expect(latents).toHaveLength(Number(steps));
    for (const [at, latent] of [...latents.slice(0, -1), last].entries()) {
      const size = latent.toFloat32Array().length;
      expect(maxDifference(latent.toFloat32Array(), expected.data.subarray(at * size, (at + 1) * size))).toBeLessThan(1e-4);
    }
  });
});
