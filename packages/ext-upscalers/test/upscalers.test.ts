import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Raster, type UpscalerContribution } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import upscalers from '../src/index.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;

const copied = fileURLToPath(new URL('../../../test/fidelity/models/', import.meta.url));
const { name, version, armature } = manifest;
const { signal } = new AbortController();

/** A picture with edges in every direction. */
const picture = (width: number, height: number): Raster =>
  new Raster(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y, colour] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      return (((x * 5) ^ (y * 3)) % 256) & (colour === 1 ? 0xf0 : 0xff);
    }),
    { width, height, channels: 3 },
  );

describe('upscalers of files', () => {
  let host: Host;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'armature-upscalers-'));
    await mkdir(join(folder, 'ESRGAN'));
    await cp(join(copied, 'ESRGAN'), join(folder, 'ESRGAN'), { recursive: true });
    await cp(join(copied, 'SwinIR'), join(folder, 'SwinIR'), { recursive: true });
    host = await createTestHost({
      models: [folder],
      extensions: [{ manifest: { name, version, ...armature } as never, definition: upscalers }],
    });
  });
  afterAll(async () => {
    await host?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const find = async (wanted: string): Promise<UpscalerContribution> => {
    const found = (await host.upscalers()).find(({ value }) => value.name === wanted);
    if (!found) throw new Error(`no upscaler ${wanted}`);
    return found.value;
  };
  const settings = { ESRGAN_tile: 192, ESRGAN_tile_overlap: 8, SWIN_tile: 192, SWIN_tile_overlap: 8 };

  it('are listed by file name behind the engine’s own, and new files are found', async () => {
    const names = async () => (await host.upscalers()).map(({ value }) => value.name);
    expect(await names()).toEqual(['None', 'Lanczos', 'Nearest', 'tiny_bsrgan_x2', 'tiny_compact_x2', 'tiny_swinir_direct_x2']);
    await cp(join(copied, 'ESRGAN/tiny_compact_x2.pth'), join(folder, 'ESRGAN/another.pth'));
    await host.refresh('esrgan');
    expect(await names()).toContain('another');
    await rm(join(folder, 'ESRGAN/another.pth'));
    await host.refresh('esrgan');
  });

  it.each(['tiny_bsrgan_x2', 'tiny_compact_x2'])('%s: tiles change little beside their seams', async (upscaler) => {
    const image = picture(96, 80);
    const { upscale } = await find(upscaler);
    const whole = await upscale(image, { scale: 2, signal, settings: { ...settings, ESRGAN_tile: 0 } });
    const tiled = await upscale(image, { scale: 2, signal, settings: { ...settings, ESRGAN_tile: 48, ESRGAN_tile_overlap: 16 } });
    expect([tiled.width, tiled.height]).toEqual([192, 160]);
    const [a, b] = [whole.toBytes(), tiled.toBytes()];
    const near = a.filter((value, at) => Math.abs(value - (b[at] as number)) <= 1).length / a.length;
    expect(near).toBeGreaterThan(0.8);
  });

  it('takes grey and transparent pictures, and one pixel', async () => {
    const { upscale } = await find('tiny_compact_x2');
    const grey = new Raster(new Uint8Array(64).fill(90), { width: 8, height: 8, channels: 1 });
    expect(await upscale(grey, { scale: 2, signal, settings })).toMatchObject({ width: 16, height: 16, channels: 3 });
    const dot = new Raster([1, 2, 3, 4], { width: 1, height: 1, channels: 4 });
    expect(await upscale(dot, { scale: 2, signal, settings })).toMatchObject({ width: 2, height: 2 });
    const swin = await find('tiny_swinir_direct_x2');
    expect(await swin.upscale(dot, { scale: 2, signal, settings })).toMatchObject({ width: 2, height: 2 });
  });

  it('names files that are none, and what they hold', async () => {
    await writeFile(join(folder, 'ESRGAN/page.pth'), '<!doctype html>');
    await cp(join(folder, 'ESRGAN/tiny_compact_x2.pth'), join(folder, 'ESRGAN/cut.pth'));
    const { truncate } = await import('node:fs/promises');
    await truncate(join(folder, 'ESRGAN/cut.pth'), 20_000);
    await host.refresh('esrgan');
    const scope = { scale: 2, signal, settings };
    await expect((await find('page')).upscale(picture(8, 8), scope)).rejects.toThrow(/page\.pth .*web page/);
    await expect((await find('cut')).upscale(picture(8, 8), scope)).rejects.toThrow(/cut\.pth/);
  });

  it('stops when it is told to', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const { upscale } = await find('tiny_compact_x2');
    await expect(upscale(picture(8, 8), { scale: 2, signal: stopping.signal, settings })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('its tile sizes are settings, and no others', async () => {
    const request = { prompt: 'a tree', seed: 1, steps: 1, width: 64, height: 64 };
    expect(host.settings()).toMatchObject({ ESRGAN_tile: 192, SWIN_tile_overlap: 8 });
    host.configure({ ESRGAN_tile: 64 });
    expect(host.settings()).toMatchObject({ ESRGAN_tile: 64 });
    await expect(host.txt2img({ ...request, settings: { ESRGAN_tile: 'x' } })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(host.txt2img({ ...request, settings: { ESRGAN_tiles: 1 } })).rejects.toThrow(/ESRGAN_tile/);
  });
});
