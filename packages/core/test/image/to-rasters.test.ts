import { Tensor } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import { toRasters } from '../../src/image/index.js';

describe('toRasters', () => {
  test('clamps, scales in float32 and truncates', async () => {
    const values = [-5, -1, 0, 0.999, 1, 7, -0.9922, 0.00392];
    const image = new Tensor([...values, ...values, ...values.map((v) => -v)], [1, 3, 2, 4]);
    const [raster] = await toRasters(image);
    const bytes = raster?.toBytes() ?? new Uint8Array();
    expect(raster).toMatchObject({ width: 4, height: 2, channels: 3 });
    expect(values.map((_, i) => bytes[i * 3])).toEqual([0, 0, 127, 254, 255, 255, 0, 127]);
    expect(values.map((_, i) => bytes[i * 3 + 2])).toEqual([255, 255, 127, 0, 0, 0, 254, 127]);
  });

  test('every level k of 255 comes back as k or, by truncation, k − 1', async () => {
    const levels = Float32Array.from({ length: 256 }, (_, k) => (k / 255) * 2 - 1);
    const image = new Tensor([...levels, ...levels, ...levels], [1, 3, 1, 256]);
    const bytes = (await toRasters(image))[0]?.toBytes() ?? new Uint8Array();
    const expected = [...levels].map((v) => Math.trunc(Math.fround(Math.fround(Math.fround(v + 1) / 2) * 255)));
    expect([...levels].map((_, k) => bytes[k * 3])).toEqual(expected);
    expect(expected.every((level, k) => level === k || level === k - 1)).toBe(true);
  });

  test('a batch gives one picture each, planes kept apart', async () => {
    const rasters = await toRasters(new Tensor([-1, 1, -1, 1, -1, 1], [2, 3, 1, 1]));
    expect(rasters.map((raster) => [...raster.toBytes()])).toEqual([
      [0, 255, 0],
      [255, 0, 255],
    ]);
  });

  test('refuses other shapes', async () => {
    await expect(toRasters(new Tensor([1, 2, 3, 4], [1, 4, 1, 1]))).rejects.toThrow('no batch of RGB pictures');
    await expect(toRasters(new Tensor([1, 2, 3], [3, 1, 1]))).rejects.toThrow(RangeError);
  });
});
