import { MersenneTwister } from '@armature/sdk';
import { cubicWindow } from '../vision/cubic-window.js';
import type { Pixels } from '../vision/pixels.js';
import { remap } from '../vision/remap.js';

/** Pixels between two random numbers. */
const cell = 256;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Smooth noise from 0 to `most`. */
function waves(random: MersenneTwister, { width, height }: Size, most: number): Float32Array {
  const grid = { width: Math.floor(width / cell) + 2, height: Math.floor(height / cell) + 2 };
  const values = Float64Array.from({ length: grid.width * grid.height }, () => random.nextDouble());
  const noise = cubicWindow({ ...grid, values }, { wide: width + 2 * cell, tall: height + 2 * cell, margin: cell });
  const least = noise.reduce((found, value) => Math.min(found, value));
  const span = noise.reduce((found, value) => Math.max(found, value - least), 0);
  return Float32Array.from(noise, (value) => ((value - least) / span) * most);
}

/** Looks each pixel up somewhere else, so that colours stay and what they show is gone (`ContentShuffleDetector`). */
export function shuffle(image: Pixels, seed: number): Pixels {
  const random = new MersenneTwister(seed);
  const xs = waves(random, image, image.width - 1);
  const ys = waves(random, image, image.height - 1);
  return remap(image, xs, ys);
}
