import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canny } from '../src/vision/canny.js';
import type { Pixels } from '../src/vision/pixels.js';

interface OracleCase {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly low: number;
  readonly high: number;
  readonly edges: number;
  readonly sha256: string;
}

/** What OpenCV made, written by `tools/canny-oracle.py`. */
const cases = JSON.parse(readFileSync(new URL('canny-oracle.json', import.meta.url), 'utf8')) as readonly OracleCase[];

/** Stripes under noise, as the tool draws them. */
function picture(seed: number, width: number, height: number): Pixels {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return (state >>> 27) + 12 * (Math.floor((Math.floor((x * seed) / 7) + y) / 9) % 2) * ((at % 3) + 4);
  });
  return { data, width, height, channels: 3 };
}

describe('Canny', () => {
  it.each(cases)('equals OpenCV bit for bit, seed $seed', ({ seed, width, height, low, high, edges, sha256 }) => {
    const { data } = canny(picture(seed, width, height), low, high);
    expect(data.filter((value) => value > 0)).toHaveLength(edges);
    expect(createHash('sha256').update(data).digest('hex')).toBe(sha256);
  });
});
