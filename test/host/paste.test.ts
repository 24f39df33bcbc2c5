import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Host } from '@armature/core';
import { defineExtension, field } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const picture = (name: string): Uint8Array => readFileSync(new URL(`../fidelity/pictures/${name}`, import.meta.url));

const frame = defineExtension({
  args: { width: field.integer(4, { min: 0, max: 64 }).infotext('Frame width'), round: field.boolean(false).infotext('Frame round') },
  setup({ hooks }) {
    hooks.api.paste.tap((infotext) =>
      infotext.prompt === 'loud' ? { ...infotext, prompt: 'LOUD', fields: new Map([...infotext.fields, ['Steps', 3]]) } : undefined,
    );
  },
});

let folder: string;
let host: Host;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-paste-'));
  await mkdir(join(folder, 'Stable-diffusion'));
  await writeFile(join(folder, 'styles.csv'), 'name,prompt,negative_prompt\nWatercolor,"watercolor of {prompt}, soft",ugly\n');
  await mkdir(join(folder, 'VAE'));
  await writeFile(join(folder, 'VAE/bright.safetensors'), 'not opened here');
  host = await createTestHost({
    models: [folder, tinyModelFolder],
    settings: { randn_source: 'NV', eta_ancestral: 0.5 },
    extensions: [
      { manifest: { version: '1.0.0', armature: { api: 1, id: 'test.frame', engines: { armature: '^0.1' } } }, definition: frame },
    ],
  });
});
afterAll(async () => {
  await host.dispose();
  await rm(folder, { recursive: true, force: true });
});

const line = 'Steps: 5, Sampler: Euler a, CFG scale: 7.5';

describe('a pasted text', () => {
  it('becomes request fields, settings that are not in force, and arguments of extensions', async () => {
    const text = `a cat\nNegative prompt: bad\n${line}, Seed: 42, Size: 64x96, Variation seed: 9, Variation seed strength: 0.3, Seed resize from: 32x48, Clip skip: 2, RNG: NV, Eta: 0.5, Frame width: 9`;
    expect(await host.paste(text)).toEqual({
      request: {
        prompt: 'a cat',
        negativePrompt: 'bad',
        steps: 5,
        sampler: 'Euler a',
        scheduler: 'Automatic',
        cfgScale: 7.5,
        seed: 42,
        width: 64,
        height: 96,
        subseed: 9,
        subseedStrength: 0.3,
        seedResizeFromWidth: 32,
        seedResizeFromHeight: 48,
        settings: { CLIP_stop_at_last_layers: 2 },
        extensions: { 'test.frame': { width: 9 } },
      },
      infotext: expect.objectContaining({ prompt: 'a cat', negativePrompt: 'bad' }),
      unknown: [],
      missing: [],
    });
    // A text that does not name the source of noise was made with the webui's own.
    expect((await host.paste('a cat')).request).toEqual({
      prompt: 'a cat',
      negativePrompt: '',
      settings: { randn_source: 'GPU' },
      extensions: {},
    });
  });

  it('has a second run, a refiner or a mask where it speaks of one', async () => {
    const hires = `${line}, Denoising strength: 0.6, Hires prompt: a dog, Hires upscale: 1.5, Hires steps: 4, Hires upscaler: Lanczos, Hires sampler: DPM++ 2M Karras, Hires CFG Scale: 3.0, Refiner: tiny-sd1 [0000000000], Refiner switch at: 0.6`;
    expect((await host.paste(hires)).request).toMatchObject({
      hires: { scale: 1.5, upscaler: 'Lanczos', denoisingStrength: 0.6, steps: 4, cfgScale: 3, sampler: 'DPM++ 2M', prompt: 'a dog' },
      refiner: { model: expect.stringContaining('tiny-sd1'), switchAt: 0.6 },
    });
    const resized = await host.paste(`${line}, Denoising strength: 0.6, Hires resize: 128x96, Hires upscaler: Latent`);
    expect(resized.request.hires).toMatchObject({ width: 128, height: 96, upscaler: 'Latent' });
    const inpainted = `${line}, Denoising strength: 0.75, Mask blur: 4, Inpaint area: Only masked, Masked area padding: 8, Masked content: latent noise, Mask mode: Inpaint not masked, Extra noise: 0.1`;
    expect((await host.paste(inpainted)).request).toMatchObject({
      init: {
        denoisingStrength: 0.75,
        mask: { blurX: 4, blurY: 4, area: 'masked', padding: 8, content: 'latent noise', invert: true },
      },
      settings: { img2img_extra_noise: 0.1 },
    });
    expect((await host.paste(`${line}, Denoising strength: 0.5`)).request.init).toEqual({ denoisingStrength: 0.5 });
  });

  it('finds checkpoint and VAE by hash or name, and names what is not here', async () => {
    await host.txt2img({ prompt: 'a', steps: 1, width: 64, height: 64 });
    const [tiny] = await host.models('checkpoint');
    expect((await host.paste(`${line}, Model hash: ${tiny?.shortHash}, Model: renamed`)).request.model).toBe(tiny?.title);
    expect((await host.paste(`${line}, Model: tiny-sd1`)).request.model).toBe(tiny?.title);
    const elsewhere = await host.paste(`${line}, Model hash: 0123456789, Model: v1-5, VAE: dark.pt, VAE hash: 1122334455`);
    expect(elsewhere.request.model).toBeUndefined();
    expect(elsewhere.missing).toEqual([
      { kind: 'checkpoint', name: 'v1-5', hash: '0123456789' },
      { kind: 'vae', name: 'dark.pt', hash: '1122334455' },
    ]);
    const other = await host.paste(`${line}, Model hash: 0123456789, Model: tiny-sd1, VAE: bright.safetensors`);
    expect(other).toMatchObject({ request: { model: tiny?.title, settings: { sd_vae: 'bright' } } });
    expect(other.missing).toEqual([{ kind: 'checkpoint', name: 'tiny-sd1', hash: '0123456789', instead: tiny?.title }]);
  });

  it('names samplers that are not here, and fields nobody understands', async () => {
    const text = `a\nSteps: many, Sampler: Magic, Schedule type: Odd, CFG scale: 7, Lora hashes: "a: 12", Clip skip: 99, __proto__: x, VAE Decoder: TAESD`;
    expect(await host.paste(text)).toMatchObject({
      request: { cfgScale: 7 },
      missing: [
        { kind: 'scheduler', name: 'Odd' },
        { kind: 'sampler', name: 'Magic' },
      ],
      unknown: ['Steps', 'Lora hashes', 'Clip skip', '__proto__', 'VAE Decoder'],
    });
  });

  it('takes styles out of the prompts, which makes the same prompts again', async () => {
    const text = `watercolor of a cat, soft\nNegative prompt: bad, ugly\n${line}`;
    const { request } = await host.paste(text);
    expect(request).toMatchObject({ prompt: 'a cat', negativePrompt: 'bad', styles: ['Watercolor'] });
    const { init: _, ...again } = request;
    const { images } = await host.txt2img({ ...again, steps: 1, width: 64, height: 64 });
    expect(images[0]?.infotext.startsWith('watercolor of a cat, soft\nNegative prompt: bad, ugly\n')).toBe(true);
  });

  it('of an old release brings the settings that its pictures need', async () => {
    const { request } = await host.paste(`[a:b:5]\nSteps: 5, Sampler: PLMS, CFG scale: 7, Refiner: tiny-sd1, Version: v1.5.1`);
    expect(request.settings).toEqual({
      randn_source: 'GPU',
      use_old_scheduling: true,
      pad_cond_uncond_v0: true,
      use_downcasted_alpha_bar: true,
      refiner_switch_by_sample_steps: true,
    });
    const candidate = await host.paste(`a\n${line}, Version: v1.8.0-RC-12-gabcdef`);
    expect(candidate.request.settings).toEqual({ randn_source: 'GPU' });
  });

  it('passes through api.paste before it is understood', async () => {
    expect((await host.paste(`loud\n${line}`)).request).toMatchObject({ prompt: 'LOUD', steps: 3 });
  });

  it('may be hostile: endless text is refused, anything shorter ends soon', async () => {
    await expect(host.paste('x'.repeat(10_000_000))).rejects.toMatchObject({ code: 'REQUEST_INVALID', data: { field: 'infotext' } });
    const start = process.cpuUsage();
    for (const piece of ['(', '[a:', 'a, ', '{prompt}', '"\\', 'Size: 1x1, ', '\x1b[2J\n', '<lora:']) {
      await host.paste(`${piece.repeat(90_000 / piece.length)}\n${line}`);
    }
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(4);
  });
});

describe('pictureInfo', () => {
  it('reads pictures of the webui and of NovelAI', async () => {
    const jpeg = await host.pictureInfo(picture('exif.jpg'));
    expect(jpeg).toMatchObject({ width: 64, height: 64, items: {}, parameters: expect.stringContaining('Steps: 8, Sampler: Euler, ') });
    const comment =
      '{"steps": 28, "sampler": "k_euler_ancestral", "seed": 123, "strength": 0.69, "noise": 0.667, "scale": 11.0, "uc": "bad hands"}';
    expect(await host.pictureInfo(picture('novelai.png'))).toEqual({
      width: 64,
      height: 64,
      parameters:
        'a cat\nNegative prompt: bad hands\nSteps: 28, Sampler: Euler a, CFG scale: 11.0, Seed: 123, Size: 64x64, Clip skip: 2, ENSD: 31337',
      items: { Software: 'NovelAI', Description: 'a cat', Comment: comment },
    });
    expect(await host.pictureInfo(picture('init_64x64.png'))).toEqual({ width: 64, height: 64, parameters: undefined, items: {} });
  });

  it('names a file that is no picture, or whose text is broken', async () => {
    await expect(host.pictureInfo(Buffer.from('GIF89a'), 'a.gif')).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      data: { name: 'a.gif' },
    });
    const png = Buffer.from(picture('init_64x64.png'));
    const at = png.indexOf('IDAT') - 4;
    const body = Buffer.from('zTXtparameters\0\0junk', 'latin1');
    const chunk = Buffer.alloc(body.length + 8);
    chunk.writeUInt32BE(body.length - 4);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(body), body.length + 4);
    const broken = Buffer.concat([png.subarray(0, at), chunk, png.subarray(at)]);
    await expect(host.pictureInfo(broken, 'b.png')).rejects.toMatchObject({ code: 'IMAGE_INVALID', data: { name: 'b.png' } });
  });
});
