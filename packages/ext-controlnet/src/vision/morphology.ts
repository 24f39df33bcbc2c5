import type { Pixels } from './pixels.js';

type Offsets = readonly (readonly [dx: number, dy: number])[];

const square: Offsets = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const));

/** The extreme value of the pixels at `offsets`; those outside the picture do not count. */
function extreme({ data, width, height, channels }: Pixels, offsets: Offsets, pick: (a: number, b: number) => number): Pixels {
  const out = data.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let found: number | undefined;
        for (const [dx, dy] of offsets) {
          const [column, row] = [x + dx, y + dy];
          if (column < 0 || row < 0 || column >= width || row >= height) continue;
          const value = data[(row * width + column) * channels + c]!;
          found = found === undefined ? value : pick(found, value);
        }
        out[(y * width + x) * channels + c] = found ?? 0;
      }
  return { data: out, width, height, channels };
}

export const dilate = (image: Pixels, offsets: Offsets = square): Pixels => extreme(image, offsets, Math.max);
export const erode = (image: Pixels, offsets: Offsets = square): Pixels => extreme(image, offsets, Math.min);

const lines: readonly Offsets[] = [
  [-1, 0, 1].map((at) => [at, 0] as const),
  [-1, 0, 1].map((at) => [0, at] as const),
  [-1, 0, 1].map((at) => [at, at] as const),
  [-1, 0, 1].map((at) => [-at, at] as const),
];

/** Keeps what is a ridge in one of four directions (`nake_nms`). */
export function ridges(image: Pixels): Pixels {
  const out = new Uint8Array(image.data.length);
  for (const offsets of lines) {
    const { data } = dilate(image, offsets);
    for (let at = 0; at < out.length; at++) if (data[at] === image.data[at]) out[at] = image.data[at]!;
  }
  return { ...image, data: out };
}

/** Black and white at the threshold that parts the values best (Otsu 1979). */
export function otsu(image: Pixels): Pixels {
  const counts = new Array<number>(256).fill(0);
  for (const value of image.data) counts[value]!++;
  const total = image.data.length;
  const mean = counts.reduce((sum, count, value) => sum + value * count, 0) / total;
  let [q, mu, best, level] = [0, 0, 0, 0];
  for (let value = 0; value < 256; value++) {
    const share = counts[value]! / total;
    const before = mu * q;
    q += share;
    const rest = 1 - q;
    if (Math.min(q, rest) < 1.1920929e-7 || Math.max(q, rest) > 1 - 1.1920929e-7) continue;
    mu = (before + value * share) / q;
    const variance = q * rest * (mu - (mean - q * mu) / rest) ** 2;
    if (variance > best) [best, level] = [variance, value];
  }
  return { ...image, data: image.data.map((value) => (value > level ? 255 : 0)) };
}
