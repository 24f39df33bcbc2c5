import { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import type { RasterSize } from './resample.js';

/** A black picture that others are put onto. */
export class Canvas {
  readonly #size: RasterSize;
  readonly #channels: 1 | 3;
  readonly #pixels: Uint8Array;

  constructor(size: RasterSize, channels: 1 | 3) {
    this.#size = size;
    this.#channels = channels;
    this.#pixels = new Uint8Array(size.width * size.height * channels);
  }

  /** Puts a picture down, cut off at the border; alpha is left out. */
  paste(image: Raster, left: number, top: number): void {
    const { width, height } = this.#size;
    const channels = this.#channels;
    const source = pixelsOf(image);
    const first = Math.max(0, -left);
    const last = Math.min(image.width, width - left);
    for (let y = Math.max(0, -top); y < Math.min(image.height, height - top) && first < last; y++) {
      const from = y * image.width;
      const to = (top + y) * width + left;
      if (image.channels === channels)
        this.#pixels.set(source.subarray((from + first) * channels, (from + last) * channels), (to + first) * channels);
      else {
        for (let x = first; x < last; x++)
          for (let c = 0; c < 3; c++) this.#pixels[3 * (to + x) + c] = source[4 * (from + x) + c] as number;
      }
    }
  }

  raster(): Raster {
    return new Raster(this.#pixels, { ...this.#size, channels: this.#channels });
  }
}
