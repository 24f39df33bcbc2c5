import { Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { runSampling, type SamplingMoments } from '../../src/sampling/index.js';
import { goldenTrajectory } from './golden-trajectory.js';
import { maxDifference, readTable, tablePath } from './reference-table.js';
import { type RunOptions, samplingInput } from './sampling-run.js';

/** Runs of the original from a picture, with a mask. */
const recorded = readTable(tablePath('img2img.safetensors'));
const latentOf = (key: string): Latent => {
  const tensor = recorded.get(key);
  if (!tensor) throw new Error(`nothing recorded as ${key}`);
  const { data, shape } = tensor;
  return new Latent(data, shape.length === 4 ? shape : [1, ...shape]);
};
const fromPicture = (name: string): Pick<RunOptions, 'init' | 'mask' | 'denoise'> => ({
  init: latentOf(`${name}.init_latent`),
  mask: { original: latentOf(`${name}.init_latent`), repaint: latentOf(`${name}.nmask`) },
  denoise: { strength: 0.75, fixedSteps: false },
});
const ddim: RunOptions = { sampler: 'DDIM', steps: 8, eta: 0, ...fromPicture('img2img_ddim') };
const eulerA: RunOptions = { sampler: 'Euler a', steps: 6, ...fromPicture('img2img_euler_a') };

describe('a run from a masked picture asks what the reference asked', () => {
  it('DDIM', () => goldenTrajectory(recorded, 'img2img_ddim', ddim));
  it('Euler a', () => goldenTrajectory(recorded, 'img2img_euler_a', eulerA));

  it.each([
    ['img2img_ddim', ddim],
    ['img2img_euler_a', eulerA],
  ] as const)('%s: the network sees and answers what it did', async (name, options) => {
    let calls = 0;
    const blended: Latent[] = [];
    const answers: Latent[] = [];
    const moments: Partial<SamplingMoments> = {
      async blend(latent) {
        blended.push(latent);
        return latent;
      },
      async guided(latent) {
        answers.push(latent);
        if (calls === 2) throw new Error('enough');
        return latent;
      },
    };
    const network = async ({ latent, timestep }: { readonly latent: Latent; readonly timestep: number }): Promise<Latent> => {
      const key = `${name}.unet${calls++}`;
      expect(maxDifference(latent.toFloat32Array(), latentOf(`${key}.x`).toFloat32Array())).toBeLessThan(1e-5);
      expect(timestep).toBeCloseTo(recorded.get(`${key}.t`)?.data[0] ?? Number.NaN, 3);
      return latentOf(`${key}.out`);
    };
    await expect(runSampling(samplingInput({ ...options, moments, network }))).rejects.toThrow('enough');
    expect(blended).toHaveLength(2);
    if (name !== 'img2img_euler_a') return;
    for (const [call, answer] of answers.entries()) {
      const expected = latentOf(`${name}.call00${call}.denoised_or_eps`).toFloat32Array();
      expect(maxDifference(answer.toFloat32Array(), expected)).toBeLessThan(1e-5);
    }
  });
});
