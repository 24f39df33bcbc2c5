import type { Raster } from '@armature/sdk';
import { cut } from '../pictures/cut.js';
import { Plate, type Size } from '../pictures/plate.js';
import type { Tile } from './split.js';

/** Tiles → the picture: each fades in over the overlap with the one before, in its row and then in the column (`combine_grid`). */
export function combine(tiles: readonly Tile[], whole: Size, overlap: number): Raster {
  const fade = (at: number): number => Math.trunc((at * 255) / overlap);
  const plate = new Plate(whole);
  for (const y of new Set(tiles.map((tile) => tile.y))) {
    const own = tiles.filter((tile) => tile.y === y);
    const row = rowOf(own, whole.width, overlap, fade);
    if (y === 0) plate.paste(row, 0, 0);
    else {
      plate.paste(cut(row, 0, 0, { width: row.width, height: overlap }), 0, y, (_x, dy) => fade(dy));
      plate.paste(cut(row, 0, overlap, { width: row.width, height: row.height - overlap }), 0, y + overlap);
    }
  }
  return plate.raster();
}

function rowOf(tiles: readonly Tile[], width: number, overlap: number, fade: (at: number) => number): Raster {
  const height = Math.max(...tiles.map(({ image }) => image.height));
  const row = new Plate({ width, height });
  for (const { x, image } of tiles) {
    if (x === 0) row.paste(image, 0, 0);
    else {
      row.paste(cut(image, 0, 0, { width: overlap, height }), x, 0, (dx) => fade(dx));
      row.paste(cut(image, overlap, 0, { width: image.width - overlap, height }), x + overlap, 0);
    }
  }
  return row.raster();
}
