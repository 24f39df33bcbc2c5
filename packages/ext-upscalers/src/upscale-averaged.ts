import { Tensor } from '@armature/sdk';
import type { TileOptions } from './tile-grid.js';

/**
 * Upscales in tiles and takes the mean where they overlap (`tiled_upscale_2`), of values that were brought into 0…1. `run` makes
 * [1,3,h,w] `scale` times as large.
 */
export async function upscaleAveraged(
  picture: Tensor,
  { tile, overlap, scale }: TileOptions & { readonly scale: number },
  run: (tile: Tensor) => Promise<Tensor>,
): Promise<Tensor> {
  const [, , height = 0, width = 0] = picture.shape;
  const side = Math.min(tile, height, width);
  if (side <= 0) return run(picture);
  const values = picture.toFloat32Array();
  const size = { height: height * scale, width: width * scale };
  const sum = new Float32Array(3 * size.height * size.width);
  const counts = new Float32Array(size.height * size.width);
  for (const y of starts(height, side, side - overlap))
    for (const x of starts(width, side, side - overlap)) {
      const made = await run(new Tensor(cut(values, { height, width }, { x, y, side }), [1, 3, side, side]));
      add(sum, counts, size, made.toFloat32Array(), { x: x * scale, y: y * scale, side: side * scale });
    }
  const area = counts.length;
  return new Tensor(
    sum.map((value, at) => value / (counts[at % area] as number)),
    [1, 3, size.height, size.width],
  );
}

/** Every `step`, and once more at the end. */
function starts(length: number, side: number, step: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < length - side; at += Math.max(1, step)) found.push(at);
  return [...found, length - side];
}

interface Size {
  readonly height: number;
  readonly width: number;
}
interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

function cut(values: Float32Array, { height, width }: Size, { x, y, side }: Square): Float32Array {
  const out = new Float32Array(3 * side * side);
  for (let colour = 0; colour < 3; colour++)
    for (let row = 0; row < side; row++) {
      const from = (colour * height + y + row) * width + x;
      out.set(values.subarray(from, from + side), (colour * side + row) * side);
    }
  return out;
}

function add(sum: Float32Array, counts: Float32Array, { height, width }: Size, made: Float32Array, { x, y, side }: Square): void {
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const to = (y + row) * width + x + column;
      counts[to] = (counts[to] as number) + 1;
      for (let colour = 0; colour < 3; colour++) {
        const at = colour * height * width + to;
        const value = made[(colour * side + row) * side + column] as number;
        sum[at] = (sum[at] as number) + Math.min(1, Math.max(0, value));
      }
    }
}
