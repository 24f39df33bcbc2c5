const RASTER = Symbol.for('armature.raster');
let view: (raster: Raster) => Uint8Array;

export type RasterChannels = 1 | 3 | 4;

/** An immutable 8-bit picture: interleaved rows, top to bottom; 1 (grey), 3 (RGB) or 4 (RGBA) channels. */
export class Raster {
  readonly #data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: RasterChannels;

  static {
    // A picture of another copy of the SDK keeps its pixels to itself.
    view = (raster) => (#data in raster ? raster.#data : (raster as Raster).toBytes());
  }

  /** Copies `data`. @throws RangeError when the number of bytes is not width × height × channels. */
  constructor(data: ArrayLike<number>, size: { readonly width: number; readonly height: number; readonly channels: RasterChannels }) {
    const { width, height, channels } = size;
    if (data.length !== width * height * channels) {
      throw new RangeError(`${data.length} bytes do not fill ${width}×${height}×${channels}`);
    }
    this.#data = Uint8Array.from(data);
    this.width = width;
    this.height = height;
    this.channels = channels;
  }

  get [RASTER](): true {
    return true;
  }

  /** A copy of the pixels. */
  toBytes(): Uint8Array {
    return this.#data.slice();
  }

  /** Replaces every value by `fn(value, index)`, clamped to 0…255 and truncated. */
  map(fn: (value: number, index: number) => number): Raster {
    const out = new Uint8ClampedArray(this.#data.length);
    for (let i = 0; i < out.length; i++) out[i] = Math.trunc(fn(this.#data[i] as number, i));
    return new Raster(out, this);
  }
}

/** Internal (`@armature/sdk/internal`): the live pixels. Callers read and never write. */
export const pixelsOf = (raster: Raster): Uint8Array => view(raster);

export const isRaster = (value: unknown): value is Raster => typeof value === 'object' && value !== null && RASTER in value;
