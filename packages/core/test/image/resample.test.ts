import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Raster, type RasterChannels } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import { createImages, type ResampleFilter, resample } from '../../src/image/index.js';

interface Golden {
  readonly images: readonly {
    readonly channels: RasterChannels;
    readonly width: number;
    readonly height: number;
    readonly pixels: string;
    readonly resized: readonly {
      readonly filter: ResampleFilter;
      readonly width: number;
      readonly height: number;
      readonly pixels: string;
    }[];
  }[];
}
const golden = JSON.parse(readFileSync(new URL('golden/pillow-resize.json', import.meta.url), 'utf8')) as Golden;
const cases = golden.images.flatMap(({ resized, pixels, ...size }) =>
  resized.map((wanted) => ({
    source: new Raster(Buffer.from(pixels, 'base64'), size),
    wanted,
    label: `${size.channels} channels, ${wanted.filter} to ${wanted.width}×${wanted.height}`,
  })),
);

test.each(cases)('equals Pillow: $label', async ({ source, wanted }) => {
  const { width, height, filter } = wanted;
  const expected = [...Buffer.from(wanted.pixels, 'base64')];
  const resized = await resample(source, { width, height }, filter);
  expect([...resized.toBytes()]).toEqual(expected);
  expect(resized).toMatchObject({ width, height, channels: source.channels });
  expect([...createImages().resize(source, { width, height }, filter).toBytes()]).toEqual(expected);
});

describe('resample', () => {
  const flat = (width: number, height: number) => new Raster(new Uint8Array(width * height * 3).fill(200), { width, height, channels: 3 });

  test('a flat picture stays flat, the same size stays itself', async () => {
    const image = flat(31, 17);
    for (const filter of ['box', 'bilinear', 'bicubic', 'lanczos'] as const) {
      expect(new Set((await resample(image, { width: 200, height: 3 }, filter)).toBytes())).toEqual(new Set([200]));
    }
    expect(await resample(image, { width: 31, height: 17 }, 'lanczos')).toBe(image);
  });

  test.each([
    [0, 5],
    [5, -1],
    [2.5, 5],
    [Number.NaN, 5],
  ])('refuses the size %s×%s', async (width, height) => {
    await expect(resample(flat(4, 4), { width, height }, 'box')).rejects.toThrow('is not a picture size');
  });

  test('a large picture lets the event loop turn', async () => {
    let turns = 0;
    let done = false;
    const clock = (async () => {
      while (!done) {
        await nextTurn();
        turns++;
      }
    })();
    await resample(flat(1024, 1024), { width: 1536, height: 1536 }, 'lanczos');
    done = true;
    await clock;
    expect(turns).toBeGreaterThan(10);
  });
});
