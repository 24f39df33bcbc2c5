import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Raster } from '@armature/sdk';

/** Rows read between two looks at the event loop. */
const slice = 64;

/** The low four bits of the pixels within the picture's black frame, three values a pixel. */
interface Nibbles {
  readonly values: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Bytes hidden in a picture: their low halves in the low bits of the pixels left of the black columns, their high halves right of
 * them, each xored with a row of pseudo-random numbers (the webui's `image_embedding.py`). Undefined: there are no such columns.
 */
export async function hiddenBytes(image: Raster): Promise<Uint8Array | undefined> {
  const nibbles = await croppedNibbles(image);
  if (!nibbles) return undefined;
  const black = await blackColumns(nibbles);
  const [first, last] = [black[0], black.at(-1)];
  if (first === undefined || last === undefined || black.length < 2) return undefined;
  const [low, high] = [await block(nibbles, 0, first), await block(nibbles, last + 1, nibbles.columns)];
  if (low.length === 0 || low.length !== high.length) return undefined;
  return low.map((value, at) => ((high[at] as number) << 4) | value);
}

async function croppedNibbles(image: Raster): Promise<Nibbles | undefined> {
  const { width, height, channels } = image;
  if (channels < 3) return undefined;
  const pixels = image.toBytes();
  const bright = (x: number, y: number): boolean => [0, 1, 2].every((c) => pixels[(y * width + x) * channels + c] !== 0);
  const [columns, rows] = [new Uint8Array(width), new Uint8Array(height)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (bright(x, y)) columns[x] = rows[y] = 1;
    if (y % slice === slice - 1) await nextTurn();
  }
  const [left, right, top, bottom] = [columns.indexOf(1), columns.lastIndexOf(1) + 1, rows.indexOf(1), rows.lastIndexOf(1) + 1];
  if (left < 0) return undefined;
  const values = new Uint8Array((right - left) * (bottom - top) * 3);
  let at = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (let c = 0; c < 3; c++) values[at++] = (pixels[(y * width + x) * channels + c] as number) & 0x0f;
    }
    if (y % slice === slice - 1) await nextTurn();
  }
  return { values, columns: right - left, rows: bottom - top };
}

/** Columns whose low bits are all zero. */
async function blackColumns({ values, columns, rows }: Nibbles): Promise<readonly number[]> {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns * 3; i++) sums[Math.floor(i / 3)]! += values[row * columns * 3 + i] as number;
    if (row % slice === slice - 1) await nextTurn();
  }
  return [...sums.keys()].filter((column) => sums[column] === 0);
}

/** The columns from `from` to `to`, row by row, without the mask of pseudo-random numbers. */
async function block({ values, columns, rows }: Nibbles, from: number, to: number): Promise<Uint8Array> {
  const out = new Uint8Array((to - from) * rows * 3);
  let seed = 0;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let i = (row * columns + from) * 3; i < (row * columns + to) * 3; i++) {
      seed = (Math.imul(1_664_525, seed) + 1_013_904_223) >>> 0;
      out[at++] = (values[i] as number) ^ ((seed % 255) & 0x0f);
    }
    if (row % slice === slice - 1) await nextTurn();
  }
  return out;
}
