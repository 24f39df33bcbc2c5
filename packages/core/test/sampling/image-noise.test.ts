import { describe, expect, it } from 'vitest';
import { createImageNoise, type ImageNoiseOptions, jobSeeds } from '../../src/sampling/index.js';
import { maxDifference, readTable, tablePath } from './reference-table.js';

const table = readTable(tablePath('image_rng.safetensors'));
const plain: ImageNoiseOptions = {
  source: 'CPU',
  shape: [4, 8, 8],
  seeds: [1, 2],
  subseeds: [0, 0],
  subseedStrength: 0,
  seedResizeFrom: { width: 0, height: 0 },
  seedDelta: 0,
};
const variants: Readonly<Record<string, Partial<ImageNoiseOptions>>> = {
  plain: {},
  ensd31337: { seedDelta: 31337 },
  subseed: { seeds: [1, 1], subseeds: [50, 51], subseedStrength: 0.3 },
  resize_bigger: { seeds: [5], seedResizeFrom: { width: 128, height: 64 } },
  resize_smaller: { seeds: [5], seedResizeFrom: { width: 48, height: 48 } },
  resize_sub: { seeds: [5], subseeds: [9], subseedStrength: 0.5, seedResizeFrom: { width: 48, height: 128 } },
};

describe.each(['CPU', 'NV'] as const)('image noise, %s', (source) => {
  it.each(Object.keys(variants))('%s', async (name) => {
    const noise = createImageNoise({ ...plain, ...variants[name], source });
    for (const draw of ['first', 'second', 'third']) {
      const latent = await (draw === 'first' ? noise.first() : noise.next());
      const wanted = table.get(`${source}.${name}.${draw}`);
      if (!wanted) continue;
      expect(latent.shape).toEqual(wanted.shape);
      expect(maxDifference(latent.toFloat32Array(), wanted.data)).toBeLessThan(1e-6);
    }
  });

  it('a picture does not depend on its batch', async () => {
    const both = createImageNoise({ ...plain, source });
    const second = createImageNoise({ ...plain, source, seeds: [2], subseeds: [0] });
    expect((await second.first()).toFloat32Array()).toEqual((await both.first()).rows(1, 2).toFloat32Array());
    expect((await second.next()).toFloat32Array()).toEqual((await both.next()).rows(1, 2).toFloat32Array());
  });
});

describe('odd differences of a seed resize', () => {
  it.each([
    [24, 24],
    [72, 104],
    [16, 200],
  ])('%i × %i fits the ground', async (width, height) => {
    const noise = createImageNoise({ ...plain, seeds: [5], subseeds: [9], subseedStrength: 0.5, seedResizeFrom: { width, height } });
    expect((await noise.first()).toFloat32Array().every(Number.isFinite)).toBe(true);
  });
});

describe('jobSeeds', () => {
  it('counts seeds up, or subseeds only when they have strength', () => {
    expect(jobSeeds({ seed: 7, subseed: 3, subseedStrength: 0, count: 3 })).toEqual({ seeds: [7, 8, 9], subseeds: [3, 4, 5] });
    expect(jobSeeds({ seed: 7, subseed: 3, subseedStrength: 0.1, count: 2 })).toEqual({ seeds: [7, 7], subseeds: [3, 4] });
  });
});
