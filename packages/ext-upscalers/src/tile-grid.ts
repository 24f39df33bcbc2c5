import { Raster } from '@armature/sdk';

/** Makes one tile larger. */
export type UpscaleTile = (tile: Raster) => Promise<Raster>;

export interface TileOptions {
  /** Pixels on each side of a tile; 0: the whole picture at once. */
  readonly tile: number;
  /** Pixels that neighbours share. */
  readonly overlap: number;
}

/**
 * Upscales in square tiles and joins them with linear seams (`upscale_with_model`, `split_grid`, `combine_grid`). A picture smaller
 * than a tile stands in its lower right corner, black around it, as the reference crops it.
 */
export async function upscaleInGrid(image: Raster, { tile, overlap }: TileOptions, upscale: UpscaleTile): Promise<Raster> {
  if (tile <= 0) return upscale(image);
  const pixels = image.toBytes();
  const columns = places(image.width, tile, overlap);
  const rows = places(image.height, tile, overlap);
  let joined: Joined | undefined;
  for (const y of rows) {
    let row: Joined | undefined;
    for (const x of columns) {
      const made = await upscale(cut(image, pixels, { x, y, tile }));
      const scale = Math.floor(made.width / tile);
      row ??= emptyJoin({ width: image.width * scale, height: tile * scale });
      row = joinedAt(row, made, { at: x * scale, overlap: overlap * scale, along: 'x' });
      if (x !== columns.at(-1)) continue;
      joined ??= emptyJoin({ width: image.width * scale, height: image.height * scale });
      joined = joinedAt(joined, row.picture(), { at: y * scale, overlap: overlap * scale, along: 'y' });
    }
  }
  return joined?.picture() ?? image;
}

/** Where tiles begin, evenly spread; the last ends with the picture. */
function places(length: number, tile: number, overlap: number): readonly number[] {
  const count = Math.max(1, Math.ceil((length - overlap) / (tile - overlap)));
  const step = count > 1 ? (length - tile) / (count - 1) : 0;
  return Array.from({ length: count }, (_, at) => Math.min(Math.trunc(at * step), length - tile));
}

/** A square of the picture in RGB; what lies outside is black. */
function cut(
  { width, height, channels }: Raster,
  pixels: Uint8Array,
  { x, y, tile }: { readonly x: number; readonly y: number; readonly tile: number },
): Raster {
  const bytes = new Uint8Array(tile * tile * 3);
  for (let row = Math.max(0, -y); row < tile && row + y < height; row++)
    for (let column = Math.max(0, -x); column < tile && column + x < width; column++) {
      const from = ((row + y) * width + column + x) * channels;
      for (let colour = 0; colour < 3; colour++)
        bytes[(row * tile + column) * 3 + colour] = pixels[channels === 1 ? from : from + colour] as number;
    }
  return new Raster(bytes, { width: tile, height: tile, channels: 3 });
}

/** A picture in the making. */
interface Joined {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  picture(): Raster;
}

function emptyJoin({ width, height }: { readonly width: number; readonly height: number }): Joined {
  const bytes = new Uint8Array(width * height * 3);
  return { width, height, bytes, picture: () => new Raster(bytes, { width, height, channels: 3 }) };
}

interface Seam {
  readonly at: number;
  readonly overlap: number;
  readonly along: 'x' | 'y';
}

/** Puts a piece at its place: the first as it is, the others fading in over the seam. */
function joinedAt(joined: Joined, piece: Raster, { at, overlap, along }: Seam): Joined {
  const { width, height, bytes } = joined;
  const pixels = piece.toBytes();
  const [left, top] = along === 'x' ? [at, 0] : [0, at];
  for (let row = Math.max(0, -top); row < piece.height && row + top < height; row++)
    for (let column = Math.max(0, -left); column < piece.width && column + left < width; column++) {
      const place = along === 'x' ? column : row;
      const share = at === 0 || place >= overlap ? 255 : Math.trunc((place * 255) / overlap);
      const [from, to] = [(row * piece.width + column) * 3, ((row + top) * width + column + left) * 3];
      for (let colour = 0; colour < 3; colour++)
        bytes[to + colour] =
          share === 255 ? (pixels[from + colour] as number) : blended(pixels[from + colour] as number, bytes[to + colour] as number, share);
    }
  return joined;
}

/** Pillow's paste through a mask: rounded division by 255. */
function blended(above: number, below: number, share: number): number {
  const sum = above * share + below * (255 - share) + 128;
  return ((sum >> 8) + sum) >> 8;
}
