import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, JobProgress } from '@armature/core';
import type { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeVae } from '../vae-from-checkpoint.js';

const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 6, width: 128, height: 96, cfgScale: 5 };
const folder = mkdtempSync(join(tmpdir(), 'armature-previews-'));

describe('previews', () => {
  let host: Host;
  beforeAll(async () => {
    cpSync(tinyModelFolder, folder, { recursive: true });
    mkdirSync(join(folder, 'VAE'));
    const checkpoint = join(folder, 'Stable-diffusion', 'tiny-sd1.safetensors');
    writeVae(checkpoint, join(folder, 'VAE', 'broken.safetensors'), { dtype: 'F32', fill: { 'decoder.conv_out.bias': Number.NaN } });
    host = await createTestHost({ models: [folder] });
  });
  afterAll(async () => {
    await host.dispose();
    rmSync(folder, { recursive: true });
  });

  /** The preview after each step. */
  const previews = async (settings: Record<string, unknown>) => {
    const seen: (Raster | undefined)[] = [];
    const onProgress = ({ stage, step, preview }: JobProgress) => {
      if (stage === 'sampling' && step > 0) seen.push(preview());
    };
    const made = await host.txt2img({ ...request, settings }, { onProgress }).then(
      ({ images }) => images[0]?.image,
      (error: unknown) => error,
    );
    return { seen, made, widths: seen.map((raster) => raster?.width) };
  };

  it('in full are decoded every few steps and stay until the next', async () => {
    const { seen, made, widths } = await previews({ show_progress_type: 'Full', show_progress_every_n_steps: 2 });
    expect(widths).toEqual([128, 128, 128, 128, 128, 128]);
    expect(seen.map((raster) => raster?.height)).toEqual([96, 96, 96, 96, 96, 96]);
    for (const at of [0, 2, 4]) expect(seen[at + 1]).toBe(seen[at]);
    expect(seen[2]?.toBytes()).not.toEqual(seen[0]?.toBytes());
    const plain = await host.txt2img(request);
    expect((made as Raster).toBytes()).toEqual(plain.images[0]?.image.toBytes());
  });

  it('are linear by default, and none where settings say so', async () => {
    expect((await previews({})).widths).toEqual([16, 16, 16, 16, 16, 16]);
    const none = Array(6).fill(undefined);
    expect((await previews({ live_previews_enable: false })).seen).toEqual(none);
    expect((await previews({ show_progress_type: 'Full', show_progress_every_n_steps: -1 })).seen).toEqual(none);
  });

  it('that cannot be decoded become linear; the picture says what is wrong, and with which file', async () => {
    const { made, widths } = await previews({ show_progress_type: 'Full', show_progress_every_n_steps: 1, sd_vae: 'broken.safetensors' });
    expect(widths).toEqual([16, 16, 16, 16, 16, 16]);
    expect(made).toMatchObject({ code: 'GRAPH_NAN', data: { model: join(folder, 'VAE', 'broken.safetensors') } });
    expect((made as Error).message).toMatch(/VAE decoder.*Try another checkpoint or VAE/);
  });
});
