import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JobInfo } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { shuffle } from '../src/modules/shuffle.js';
import { unitSeed } from '../src/units/unit-seed.js';

interface OracleCase {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

/** What numpy and OpenCV made, written by `tools/shuffle-oracle.py`. */
const cases = JSON.parse(readFileSync(new URL('shuffle-oracle.json', import.meta.url), 'utf8')) as readonly OracleCase[];

describe('shuffle', () => {
  it.each(cases)('equals numpy and OpenCV bit for bit, seed $seed, $width×$height', ({ seed, width, height, sha256 }) => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (Math.imul(at, 1664525) + 1013904223) >>> 24);
    const made = shuffle({ data, width, height, channels: 3 }, seed);
    expect(createHash('sha256').update(made.data).digest('hex')).toBe(sha256);
  });

  it.each([
    { seed: 5, subseed: 9, first: 5, drawn: 14 },
    { seed: 1234, subseed: -1, first: 1234, drawn: 2468 },
    { seed: -1, subseed: -1, first: 77, drawn: 154 },
    { seed: -1, subseed: 3, first: 77, drawn: 80 },
    { seed: 4294967295, subseed: 2, first: 4294967295, drawn: 1 },
  ])('is drawn by seed $seed and subseed $subseed', ({ seed, subseed, first, drawn }) => {
    expect(unitSeed({ request: { seed, subseed } } as JobInfo, first)).toBe(drawn);
  });
});
