import type { Pixels } from './pixels.js';

type Pattern = readonly (readonly number[])[];

const turned = (pattern: Pattern): Pattern => [0, 1, 2].map((row) => [0, 1, 2].map((column) => pattern[column]![2 - row]!));
const rotations = (patterns: readonly Pattern[]): readonly Pattern[] => {
  const quarter = patterns.map(turned);
  const half = quarter.map(turned);
  return [...patterns, ...quarter, ...half, ...half.map(turned)];
};

/** 1: white, −1: black, 0: either. */
const thinning = rotations([
  [
    [-1, -1, -1],
    [0, 1, 0],
    [1, 1, 1],
  ],
  [
    [0, -1, -1],
    [1, 1, -1],
    [0, 1, 0],
  ],
]);
const pruning = rotations([
  [
    [-1, -1, -1],
    [-1, 1, -1],
    [0, 0, -1],
  ],
  [
    [-1, -1, -1],
    [-1, 1, -1],
    [-1, 0, 0],
  ],
]);

/** Makes white where the pattern fits black; what lies outside the picture always fits. */
function removed(data: Uint8Array, width: number, height: number, pattern: Pattern): boolean {
  const hits: number[] = [];
  const fits = (x: number, y: number): boolean =>
    pattern.every((line, dy) =>
      line.every((wanted, dx) => {
        const [column, row] = [x + dx - 1, y + dy - 1];
        if (wanted === 0 || column < 0 || row < 0 || column >= width || row >= height) return true;
        return data[row * width + column]! > 127 === wanted > 0;
      }),
    );
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (data[y * width + x]! > 127 && fits(x, y)) hits.push(y * width + x);
  for (const at of hits) data[at] = 0;
  return hits.length > 0;
}

/** Lines of a black and white picture become one pixel wide; `prunes`: loose ends lose a pixel. */
export function thin({ data, width, height }: Pixels, prunes: boolean): Pixels {
  const out = data.slice();
  for (let round = 0; round < 32; round++) {
    let changed = false;
    for (const pattern of thinning) changed = removed(out, width, height, pattern) || changed;
    if (!changed) break;
  }
  if (prunes) for (const pattern of pruning) removed(out, width, height, pattern);
  return { data: out, width, height, channels: 1 };
}
