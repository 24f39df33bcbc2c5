import { readFileSync } from 'node:fs';
import { Latent } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { cropLatent, latentUpscaleModes, type ResizeMode, resizeLatent } from '../../src/sampling/index.js';
import { maxDifference, tablePath } from './reference-table.js';

interface Recorded extends ResizeMode {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** Height and width. */
  readonly size: readonly [number, number];
  readonly result: readonly number[];
}

/** What `torch.nn.functional.interpolate` answered. */
const recorded = JSON.parse(readFileSync(tablePath('latent-resize.json'), 'utf8')) as readonly Recorded[];

describe('a latent is resized as torch resizes it', () => {
  it.each(recorded.map((one) => [`${one.mode}${one.antialias ? ' antialiased' : ''} ${one.shape.slice(2)} → ${one.size}`, one] as const))(
    '%s',
    (_, { shape, values, size: [height, width], result, ...mode }) => {
      const resized = resizeLatent(new Latent(values, shape), { width, height }, mode);
      expect(resized.shape).toEqual([...shape.slice(0, 2), height, width]);
      expect(maxDifference(resized.toFloat32Array(), result)).toBeLessThanOrEqual(1e-6);
    },
  );

  it('plane by plane, by every name of the webui', () => {
    const plane = (start: number): number[] => Array.from({ length: 12 }, (_, i) => start + Math.sin(i * start));
    const latent = new Latent([1, 2, 3, 4].flatMap(plane), [2, 2, 3, 4]);
    for (const mode of Object.values(latentUpscaleModes)) {
      const whole = resizeLatent(latent, { width: 7, height: 5 }, mode).toFloat32Array();
      const alone = [1, 2, 3, 4].flatMap((start) => [
        ...resizeLatent(new Latent(plane(start), [1, 1, 3, 4]), { width: 7, height: 5 }, mode).toFloat32Array(),
      ]);
      expect([...whole]).toEqual(alone);
    }
    expect(Object.keys(latentUpscaleModes)).toHaveLength(6);
  });
});

describe('a window of a latent', () => {
  const latent = new Latent(
    Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i),
    [2, 3, 4, 5],
  );

  it('is cut out of every plane', () => {
    const window = cropLatent(latent, { left: 1, top: 2, width: 3, height: 2 });
    expect(window.shape).toEqual([2, 3, 2, 3]);
    expect([...window.toFloat32Array().slice(0, 6)]).toEqual([11, 12, 13, 16, 17, 18]);
    expect(window.at(window.size - 1)).toBe(5 * 20 + 3 * 5 + 3);
  });

  it('lies inside', () => {
    expect(() => cropLatent(latent, { left: 3, top: 0, width: 3, height: 2 })).toThrow(RangeError);
    expect(() => cropLatent(latent, { left: 0, top: 0, width: 0, height: 2 })).toThrow(RangeError);
  });
});
