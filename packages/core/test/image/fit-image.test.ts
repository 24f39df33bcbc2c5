import { Raster, type RasterChannels, type UpscalerContribution } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import { builtinUpscalers, fitImage, resample, upscaleImage, upscaleWith } from '../../src/image/index.js';

const flat = (width: number, height: number, bytes: readonly number[]) =>
  new Raster(
    Uint8Array.from({ length: width * height * bytes.length }, (_, i) => bytes[i % bytes.length] as number),
    { width, height, channels: bytes.length as RasterChannels },
  );
const { signal } = new AbortController();

describe('fitImage', () => {
  test('asks the upscaler only where a picture in colour grows, and resamples what it misses', async () => {
    const asked: string[] = [];
    const upscale = async (image: Raster, { width, height }: { width: number; height: number }) => {
      asked.push(`${width}×${height}`);
      return resample(image, { width: width + 8, height: height + 8 }, 'nearest');
    };
    const image = flat(10, 10, [1, 2, 3]);
    expect(await fitImage(image, { width: 20, height: 30, mode: 'stretch', upscale })).toMatchObject({ width: 20, height: 30 });
    expect(await fitImage(image, { width: 20, height: 30, mode: 'crop', upscale })).toMatchObject({ width: 20, height: 30 });
    expect(asked).toEqual(['20×30', '30×30']);
    await fitImage(image, { width: 5, height: 10, mode: 'stretch', upscale });
    await fitImage(flat(10, 10, [7]), { width: 20, height: 20, mode: 'stretch', upscale });
    expect(asked).toHaveLength(2);
  });

  test('a sliver of a picture keeps a pixel', async () => {
    const fitted = await fitImage(flat(1, 500, [9, 8, 7]), { width: 64, height: 64, mode: 'fill' });
    expect(fitted.toBytes().slice(0, 3)).toEqual(Uint8Array.of(9, 8, 7));
  });

  test('refuses a size that is none', async () => {
    await expect(fitImage(flat(4, 4, [0]), { width: 0, height: 4, mode: 'stretch' })).rejects.toThrow('is not a picture size');
  });
});

describe('upscalers', () => {
  const [none, lanczos, nearest] = builtinUpscalers as readonly [UpscalerContribution, UpscalerContribution, UpscalerContribution];
  const image = new Raster(
    Uint8Array.from({ length: 30 * 20 * 3 }, (_, i) => (i * 37) % 256),
    { width: 30, height: 20, channels: 3 },
  );

  test('sides are rounded down to multiples of 8, by Lanczos after the filter', async () => {
    expect(builtinUpscalers.map(({ name }) => name)).toEqual(['None', 'Lanczos', 'Nearest']);
    const grown = await upscaleImage(nearest, image, { scale: 1.5, signal, settings: {} });
    const wanted = await resample(await resample(image, { width: 45, height: 30 }, 'nearest'), { width: 40, height: 24 }, 'lanczos');
    expect([...grown.toBytes()]).toEqual([...wanted.toBytes()]);
    expect(await upscaleImage(none, image, { scale: 2, signal, settings: {} })).toMatchObject({ width: 56, height: 40 });
    expect(await upscaleImage(lanczos, flat(3, 3, [1, 2, 3]), { scale: 1, signal, settings: {} })).toMatchObject({ width: 8, height: 8 });
  });

  test('a network of fixed scale runs until the size is reached, at most three times', async () => {
    let runs = 0;
    const twice = {
      upscale: async (from: Raster) => {
        runs++;
        return resample(from, { width: from.width * 2, height: from.height * 2 }, 'nearest');
      },
    };
    for (const [scale, times] of [
      [1, 1],
      [2, 1],
      [4, 2],
      [8, 3],
      [32, 3],
      [0.5, 0],
    ] as const) {
      runs = 0;
      expect(await upscaleImage(twice, flat(16, 8, [5, 6, 7]), { scale, signal, settings: {} })).toMatchObject({
        width: 16 * scale,
        height: Math.max(8, 8 * scale),
      });
      expect(runs).toBe(times);
    }
  });

  test('stops when it is told to', async () => {
    await expect(upscaleImage(lanczos, image, { scale: 2, signal: AbortSignal.abort(new Error('enough')), settings: {} })).rejects.toThrow(
      'enough',
    );
  });

  test('None is the plain filter', () => {
    expect(upscaleWith(none, { signal, settings: {} })).toBeUndefined();
    expect(upscaleWith(lanczos, { signal, settings: {} })).toBeTypeOf('function');
  });
});
