import type { Raster } from '@armature/sdk';
import { cut } from '../pictures/cut.js';
import type { Size } from '../pictures/plate.js';

/** A part of a picture, all parts of one size. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly image: Raster;
}

/** More tiles than this are refused: each is a job. */
export const mostTiles = 1000;

/** Where tiles of a size stand that overlap by so many pixels: rows, then columns (`split_grid`). The last ones end with the picture. */
export function tilePlaces(whole: Size, tile: Size, overlap: number): readonly { readonly x: number; readonly y: number }[] {
  const xs = offsets(whole.width, tile.width, overlap);
  return offsets(whole.height, tile.height, overlap).flatMap((y) => xs.map((x) => ({ x, y })));
}

/** How many there will be, without writing them out. */
export const tileCount = (whole: Size, tile: Size, overlap: number): number =>
  countOf(whole.width, tile.width, overlap) * countOf(whole.height, tile.height, overlap);

export function split(image: Raster, tile: Size, overlap: number): readonly Tile[] {
  return tilePlaces(image, tile, overlap).map(({ x, y }) => ({ x, y, image: cut(image, x, y, tile) }));
}

const countOf = (whole: number, tile: number, overlap: number): number => Math.max(1, Math.ceil((whole - overlap) / (tile - overlap)));

function offsets(whole: number, tile: number, overlap: number): readonly number[] {
  const count = countOf(whole, tile, overlap);
  const step = count > 1 ? (whole - tile) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => {
    const at = Math.trunc(index * step);
    return at + tile >= whole ? whole - tile : at;
  });
}
