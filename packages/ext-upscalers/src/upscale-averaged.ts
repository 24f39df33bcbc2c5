import { Raster, type Tensor } from '@armature/sdk';
import { roundedByte, toPlanes } from './picture-planes.js';
import type { TileOptions } from './tile-grid.js';

export interface AveragedOptions extends TileOptions {
  readonly scale: number;
  /** Makes [1,3,h,w], blue first, `scale` times as large. */
  readonly run: (tile: Tensor) => Promise<Tensor>;
}

/**
 * Upscales in tiles and takes the mean where they overlap (`tiled_upscale_2`), of values that were brought into 0…1. What is summed up
 * at a time is one row of tiles.
 */
export async function upscaleAveraged(image: Raster, { tile, overlap, scale, run }: AveragedOptions): Promise<Raster> {
  const { width, height } = image;
  const size = { width: width * scale, height: height * scale, channels: 3 } as const;
  const side = Math.min(tile, width, height);
  const tiles = side > 0 ? { width: side, height: side } : { width, height };
  const rows = starts(height, tiles.height, side - overlap);
  const pixels = image.toBytes();
  const made = new Uint8Array(size.width * size.height * 3);
  const band = new Band(size.width, tiles.height * scale);
  for (const [at, y] of rows.entries()) {
    for (const x of starts(width, tiles.width, side - overlap)) {
      const answer = await run(toPlanes(cut(image, pixels, { x, y, ...tiles })));
      band.add(answer.toFloat32Array(), { x: x * scale, width: tiles.width * scale });
    }
    const next = rows[at + 1] ?? y + tiles.height;
    band.release((next - y) * scale, made.subarray(y * scale * size.width * 3));
  }
  return new Raster(made, size);
}

/** Every `step`, and once more at the end. */
function starts(length: number, side: number, step: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < length - side; at += Math.max(1, step)) found.push(at);
  return [...found, length - side];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function cut(image: Raster, pixels: Uint8Array, { x, y, width, height }: Box): Raster {
  const { channels } = image;
  const out = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.width + x) * channels;
    out.set(pixels.subarray(from, from + width * channels), row * width * channels);
  }
  return new Raster(out, { width, height, channels });
}

/** Sums of as many rows as a tile has, blue first, and how many tiles each column and row was in. */
class Band {
  readonly #width: number;
  readonly #height: number;
  readonly #sum: Float32Array;
  readonly #counts: Float32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#sum = new Float32Array(3 * width * height);
    this.#counts = new Float32Array(width * height);
  }

  /** A tile as high as the band, from column `x` on. */
  add(values: Float32Array, { x, width }: { readonly x: number; readonly width: number }): void {
    const area = this.#width * this.#height;
    for (let row = 0; row < this.#height; row++)
      for (let column = 0; column < width; column++) {
        const to = row * this.#width + x + column;
        this.#counts[to] = (this.#counts[to] as number) + 1;
        for (let colour = 0; colour < 3; colour++) {
          const value = values[(colour * this.#height + row) * width + column] as number;
          this.#sum[colour * area + to] = (this.#sum[colour * area + to] as number) + Math.min(1, Math.max(0, value));
        }
      }
  }

  /** Writes the first rows as a picture, red first, and moves the others up. */
  release(rows: number, to: Uint8Array): void {
    const [area, done] = [this.#width * this.#height, this.#width * rows];
    for (let at = 0; at < done; at++)
      for (let colour = 0; colour < 3; colour++)
        to[at * 3 + 2 - colour] = roundedByte((this.#sum[colour * area + at] as number) / (this.#counts[at] as number));
    for (let colour = 0; colour < 3; colour++) {
      const plane = this.#sum.subarray(colour * area, (colour + 1) * area);
      plane.copyWithin(0, done);
      plane.fill(0, area - done);
    }
    this.#counts.copyWithin(0, done);
    this.#counts.fill(0, area - done);
  }
}
