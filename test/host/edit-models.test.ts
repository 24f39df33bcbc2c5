import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '@armature/core';
import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { likenessOf } from '../fidelity/likeness.js';
import { writeWidenedCheckpoint } from '../widened-checkpoint.js';

const source = fileURLToPath(new URL('../fidelity/models/Stable-diffusion/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'armature-edit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const request = { prompt: 'make it night', seed: 3, steps: 3, width: 64, height: 64, settings: { randn_source: 'CPU' } };
const gradient = (pace: number) =>
  new Raster(
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * pace) % 256),
    { width: 64, height: 64, channels: 3 },
  );

/** Checkpoints made from a plain one: `blind` ones have zeros for what they see beside the latent. */
describe.each([
  ['instruct-pix2pix', 8],
  ['inpainting', 9],
])('an %s checkpoint', (kind, channels) => {
  let host: Host;
  beforeAll(async () => {
    const checkpoints = join(folder, kind, 'Stable-diffusion');
    mkdirSync(checkpoints, { recursive: true });
    const plain = join(source, 'tiny-random-sd1.safetensors');
    cpSync(plain, join(checkpoints, 'plain.safetensors'));
    writeWidenedCheckpoint(plain, join(checkpoints, 'blind.safetensors'), channels);
    writeWidenedCheckpoint(plain, join(checkpoints, 'seeing.safetensors'), channels, 0.125);
    for (const name of ['plain', 'blind', 'seeing']) cpSync(join(source, 'tiny-random-sd1.yaml'), join(checkpoints, `${name}.yaml`));
    cpSync(join(source, 'tiny-clip'), join(checkpoints, 'tiny-clip'), { recursive: true });
    host = await createTestHost({ models: [join(folder, kind)] });
  });
  afterAll(() => host.dispose());

  const fromText = async (model: string) => (await host.txt2img({ ...request, model })).images[0]?.image as Raster;
  const fromPicture = async (model: string, pace: number, imageCfgScale?: number) =>
    (await host.img2img({ ...request, model, init: { images: [gradient(pace)], denoisingStrength: 1, imageCfgScale } })).images[0]
      ?.image as Raster;
  const psnr = (a: Raster, b: Raster) => likenessOf(a, b).psnr;

  it('that is blind makes what a plain one makes', async () => {
    expect(psnr(await fromText('blind'), await fromText('plain'))).toBeGreaterThan(55);
    const plain = await fromPicture('plain', 7);
    expect(psnr(await fromPicture('blind', 7), plain)).toBeGreaterThan(55);
    expect(psnr(await fromPicture('blind', 7, 1.5), plain)).toBeGreaterThan(55);
  });

  it('sees the given picture', async () => {
    const seeing = await fromPicture('seeing', 7, 1.5);
    expect(psnr(seeing, await fromPicture('plain', 7))).toBeLessThan(45);
    const other = psnr(seeing, await fromPicture('seeing', 7, 3));
    if (kind === 'inpainting') expect(other).toBe(Number.POSITIVE_INFINITY);
    else expect(other).toBeLessThan(45);
  });
});
