import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resizePlane } from '../src/detectors/plane.js';
import { readLines } from '../src/detectors/read-lines.js';
import { asScribble } from '../src/detectors/read-scribble.js';
import { softEdges } from '../src/modules/soft-edges.js';
import type { Pixels } from '../src/vision/pixels.js';

interface Case {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
}
/** What OpenCV made, written by `tools/control/maps_oracle.py`. */
const { scribbles, gradients, lines, planes } = JSON.parse(readFileSync(new URL('maps-oracle.json', import.meta.url), 'utf8')) as {
  readonly scribbles: readonly (Case & { readonly white: number; readonly sha256: string })[];
  readonly gradients: readonly { readonly seed: number; readonly sigma: number; readonly values: readonly number[] }[];
  readonly lines: readonly {
    readonly seed: number;
    readonly score: number;
    readonly length: number;
    readonly white: number;
    readonly sha256: string;
  }[];
  readonly planes: readonly (Case & { readonly values: readonly number[] })[];
};

/** Broad white bands under noise, as the tool draws them. */
function edges(seed: number, width: number, height: number): Pixels {
  let state = seed;
  const data = Uint8Array.from({ length: width * height }, (_, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const [x, y] = [at % width, Math.floor(at / width)];
    return (state >>> 27) + 224 * Number(Math.floor((Math.floor((x * seed) / 5) + y) / 9) % 3 === 0);
  });
  return { data, width, height, channels: 1 };
}

describe('maps of edges', () => {
  it.each(scribbles)('a scribble equals OpenCV’s bit for bit, seed $seed', ({ seed, width, height, white, sha256 }) => {
    const { data } = asScribble(edges(seed, width, height));
    expect(data.filter((value) => value > 0)).toHaveLength(white);
    expect(createHash('sha256').update(data).digest('hex')).toBe(sha256);
  });

  it.each(gradients)('soft edges are within one level of OpenCV’s, sigma $sigma', ({ seed, sigma, values }) => {
    const { data } = softEdges(edges(seed, 72, 60), sigma);
    const found = values.map((_, index) => data[index * 53]!);
    expect(Math.max(...found.map((value, index) => Math.abs(value - values[index]!)))).toBeLessThanOrEqual(1);
    expect(Math.max(...data)).toBe(255);
    expect(new Set(softEdges({ ...edges(1, 8, 8), data: new Uint8Array(64).fill(77) }, sigma).data)).toEqual(new Set([0]));
  });

  it.each(lines)('straight lines equal M-LSD’s, drawn by OpenCV, seed $seed', ({ seed, score, length, white, sha256 }) => {
    const [width, height] = [80, 64];
    let state = seed;
    const found = [0, 1, 2, 3, 4].map((plane) => ({
      ...{ width, height },
      data: Float32Array.from({ length: width * height }, (_, at) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const [side, place] = plane % 2 ? [width, at % width] : [height, Math.floor(at / width)];
        return plane === 0 ? (state >>> 8) / 2 ** 21 - 6 : ((state >>> 8) % (4 * side)) / 4 - place;
      }),
    }));
    const { data } = readLines([found], { data: new Uint8Array(), width: 160, height: 128, channels: 3 }, score, length);
    expect(data.filter((value) => value > 0)).toHaveLength(white);
    expect(createHash('sha256').update(data).digest('hex')).toBe(sha256);
  });

  it.each(planes)('a plane at $width×$height is as OpenCV resizes it', ({ seed, width, height, values }) => {
    const { data, ...size } = edges(seed, 24, 20);
    const large = resizePlane({ data: Float32Array.from(data, (value) => value / 255), ...size }, { width, height }).data;
    const step = Math.floor(large.length / 40);
    for (const [index, value] of values.entries()) expect(large[index * step]).toBeCloseTo(value, 5);
  });
});
