import type { Raster } from '@armature/sdk';
import type { Colour } from './colour.js';

export interface DominantColour {
  readonly colour: Colour;
  /** Share of the picture's pixels that are about of this colour, 0…1. */
  readonly share: number;
}

/** Steps of a channel that count as about one colour: a shade, its noise and its soft edges. */
const step = 32;
const cells = 256 / step;

/** The colour most pixels are about of: mean of the pixels in the fullest cell of an 8×8×8 histogram and the cells beside it. */
export function dominantColour(image: Raster): DominantColour {
  const bytes = image.toBytes();
  const { channels } = image;
  const counts = new Float64Array(cells ** 3);
  const sums = new Float64Array(cells ** 3 * 3);
  const pixels = image.width * image.height;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * channels;
    const rgb = channels === 1 ? [bytes[at], bytes[at], bytes[at]] : [bytes[at], bytes[at + 1], bytes[at + 2]];
    const [r, g, b] = rgb as [number, number, number];
    const cell = (Math.floor(r / step) * cells + Math.floor(g / step)) * cells + Math.floor(b / step);
    counts[cell] = (counts[cell] as number) + 1;
    for (const [i, value] of [r, g, b].entries()) sums[cell * 3 + i] = (sums[cell * 3 + i] as number) + value;
  }
  const fullest = counts.reduce((best, count, cell) => (count > (counts[best] as number) ? cell : best), 0);
  const near = beside(fullest);
  const count = near.reduce((total, cell) => total + (counts[cell] as number), 0);
  const mean = (i: number): number => near.reduce((total, cell) => total + (sums[cell * 3 + i] as number), 0) / count;
  return { colour: [mean(0), mean(1), mean(2)], share: count / pixels };
}

/** A cell and those that touch it with a side. */
function beside(cell: number): readonly number[] {
  const at = [Math.floor(cell / cells ** 2), Math.floor(cell / cells) % cells, cell % cells] as const;
  const strides = [cells ** 2, cells, 1] as const;
  const near = [cell];
  for (const [axis, place] of at.entries()) {
    if (place > 0) near.push(cell - (strides[axis] as number));
    if (place < cells - 1) near.push(cell + (strides[axis] as number));
  }
  return near;
}
