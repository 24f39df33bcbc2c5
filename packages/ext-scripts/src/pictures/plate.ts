import { Raster } from '@armature/sdk';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export type Colour = readonly [red: number, green: number, blue: number];

/** A picture in RGB that others are put onto. Positions may lie outside of it: what does is left out. */
export class Plate {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Uint8Array;

  constructor({ width, height }: Size, colour: Colour = [0, 0, 0]) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint8Array(width * height * 3);
    if (colour.some((value) => value !== 0)) this.fill(0, 0, this, colour);
  }

  /** Puts a picture down; alpha is left out. `mask`: 0 keeps what is there, 255 covers it (Pillow's rounding). */
  paste(image: Raster, left: number, top: number, mask?: (x: number, y: number) => number): this {
    const { width, height, channels } = image;
    const source = image.toBytes();
    const first = Math.max(0, -left);
    const last = Math.min(width, this.width - left);
    for (let y = Math.max(0, -top); y < Math.min(height, this.height - top); y++) {
      if (!mask && channels === 3) {
        const row = source.subarray(3 * (y * width + first), 3 * Math.max(first, y * width + last));
        if (last > first) this.#pixels.set(row, 3 * ((top + y) * this.width + left + first));
        continue;
      }
      for (let x = first; x < last; x++) {
        const from = (y * width + x) * channels;
        const share = mask ? mask(x, y) : 255;
        for (let c = 0; c < 3; c++) this.#put(left + x, top + y, c, source[from + (channels === 1 ? 0 : c)] as number, share);
      }
    }
    return this;
  }

  fill(left: number, top: number, size: Size, colour: Colour): this {
    for (let y = Math.max(0, top); y < Math.min(this.height, top + size.height); y++)
      for (let x = Math.max(0, left); x < Math.min(this.width, left + size.width); x++)
        for (let c = 0; c < 3; c++) this.#put(x, y, c, colour[c] as number, 255);
    return this;
  }

  raster(): Raster {
    return new Raster(this.#pixels, { width: this.width, height: this.height, channels: 3 });
  }

  #put(x: number, y: number, channel: number, value: number, share: number): void {
    const at = 3 * (y * this.width + x) + channel;
    const mixed = value * share + (this.#pixels[at] as number) * (255 - share) + 128;
    this.#pixels[at] = ((mixed >> 8) + mixed) >> 8;
  }
}
