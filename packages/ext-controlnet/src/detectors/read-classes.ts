import type { Pixels } from '../vision/pixels.js';
import { adePalette } from './ade-palette.js';
import { type Plane, resizePlane } from './plane.js';

/** One plane of scores for each of ADE20K's classes → the colour of the likeliest, pixel by pixel. A single plane holds the classes themselves. */
export function readClasses(found: readonly (readonly Plane[])[], like: Pixels): Pixels {
  const scores = found[0]!;
  const { width, height } = like;
  const classes = scores.length === 1 ? nearestClasses(scores[0]!, like) : likeliest(scores, like);
  const out = new Uint8Array(width * height * 3);
  for (const [at, index] of classes.entries()) out.set(adePalette[index] ?? [0, 0, 0], at * 3);
  return { data: out, width, height, channels: 3 };
}

function likeliest(scores: readonly Plane[], like: Pixels): Uint16Array {
  const best = new Float32Array(like.width * like.height).fill(Number.NEGATIVE_INFINITY);
  const classes = new Uint16Array(best.length);
  for (const [index, plane] of scores.entries())
    for (const [at, score] of resizePlane(plane, like).data.entries()) {
      if (score <= best[at]!) continue;
      best[at] = score;
      classes[at] = index;
    }
  return classes;
}

function nearestClasses({ data, width, height }: Plane, like: Pixels): Uint16Array {
  return Uint16Array.from({ length: like.width * like.height }, (_, at) => {
    const [x, y] = [at % like.width, Math.floor(at / like.width)];
    return data[Math.floor((y * height) / like.height) * width + Math.floor((x * width) / like.width)]!;
  });
}
