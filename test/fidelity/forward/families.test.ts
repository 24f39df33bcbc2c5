import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelFamilyContribution } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { builtinFamilies } from '../../../packages/core/src/families/index.js';
import { createNoiseSchedule } from '../../../packages/core/src/sampling/index.js';
import { FamilyNetworks } from './family-networks.js';
import { maxDifference } from './max-difference.js';
import { readTensors } from './read-tensors.js';

/** Acceptance line: what one pass of a network may differ from the original's. */
const LIMIT = 1e-4;
const folder = fileURLToPath(new URL('../../../../shared/fidelity', import.meta.url));
const family = (name: string): ModelFamilyContribution => builtinFamilies.find((candidate) => candidate.name === name)!;

describe.runIf(existsSync(folder)).each(['sd2v', 'sdxl'])('single passes of %s', async (name) => {
  const pairs = await readTensors(`${folder}/open/forward/${name}.safetensors`);
  const networks = () =>
    FamilyNetworks.start(
      family(name.slice(0, 3) === 'sd2' ? 'sd2' : 'sdxl'),
      `${folder}/data/models/Stable-diffusion/tiny-random-${name}.safetensors`,
    );

  it('unet', async () => {
    await using opened = await networks();
    const run = await opened.open('unet');
    const vector = pairs.get('unet.y');
    const feeds = { latent: pairs.get('unet.x')!, timestep: pairs.get('unet.t')!, context: pairs.get('unet.context')! };
    const { epsilon } = await run({ ...feeds, ...(vector && { vector }) });
    const difference = maxDifference(epsilon!.toFloat32Array(), pairs.get('unet.out')!.toFloat32Array());
    console.log(`${name} unet ${difference}`);
    expect(difference).toBeLessThanOrEqual(LIMIT);
  });

  it('noise schedule', async () => {
    await using opened = await networks();
    const { noise, prediction } = opened.detected;
    const { alphasCumprod } = createNoiseSchedule({ ...noise, prediction });
    expect(maxDifference(alphasCumprod, pairs.get('alphas_cumprod')!.toFloat32Array())).toBeLessThanOrEqual(1e-7);
  });
});
