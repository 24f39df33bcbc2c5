import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from '@armature/sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { maxDifference } from '../../../../test/fidelity/forward/max-difference.js';
import { Sd1Networks, tinyCheckpoint } from '../../../../test/fidelity/forward/sd1-networks.js';
import { writeWidenedCheckpoint } from '../../../../test/widened-checkpoint.js';

const folder = mkdtempSync(join(tmpdir(), 'armature-widened-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wave = (channels: number) =>
  new Tensor(
    Array.from({ length: channels * 64 }, (_, at) => Math.sin(1.7 * at)),
    [1, channels, 8, 8],
  );
const given = {
  timestep: new Tensor([601], [1]),
  context: new Tensor(
    Array.from({ length: 77 * 64 }, (_, at) => Math.sin(0.9 * at)),
    [1, 77, 64],
  ),
};
async function epsilon(checkpoint: string, latent: Tensor): Promise<Float32Array> {
  const networks = await Sd1Networks.start(checkpoint);
  try {
    const run = await networks.open('unet');
    const { epsilon } = await run({ latent, ...given });
    expect(epsilon?.shape).toEqual([1, 4, 8, 8]);
    return epsilon?.toFloat32Array() ?? new Float32Array();
  } finally {
    await networks.stop();
  }
}

describe.each([
  ['instruct-pix2pix', 8],
  ['inpainting', 9],
])('a UNet of an %s checkpoint', (_, channels) => {
  it('takes its channels beside the latent into account, and only as its weights say', async () => {
    const plain = await epsilon(tinyCheckpoint, wave(4));
    const blind = join(folder, `blind-${channels}.safetensors`);
    writeWidenedCheckpoint(tinyCheckpoint, blind, channels);
    expect(maxDifference(await epsilon(blind, wave(channels)), plain)).toBeLessThan(1e-5);
    const seeing = join(folder, `seeing-${channels}.safetensors`);
    writeWidenedCheckpoint(tinyCheckpoint, seeing, channels, 0.125);
    expect(maxDifference(await epsilon(seeing, wave(channels)), plain)).toBeGreaterThan(1e-3);
  });
});
