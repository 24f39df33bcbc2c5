import { Tensor } from '@armature/sdk';

/** [1,3,h,w] with sides that are multiples of `multiple`: the last rows and columns mirrored (`F.pad(mode='reflect')`). */
export function mirrorPad(x: Tensor, multiple: number): Tensor {
  const [batch = 1, channels = 3, height = 0, width = 0] = x.shape;
  const [rows, columns] = [roundUp(height, multiple), roundUp(width, multiple)];
  if (rows === height && columns === width) return x;
  const values = x.toFloat32Array();
  const out = new Float32Array(batch * channels * rows * columns);
  for (let plane = 0; plane < batch * channels; plane++)
    for (let row = 0; row < rows; row++) {
      const from = (plane * height + mirrored(row, height)) * width;
      const to = (plane * rows + row) * columns;
      for (let column = 0; column < columns; column++) out[to + column] = values[from + mirrored(column, width)] as number;
    }
  return new Tensor(out, [batch, channels, rows, columns]);
}

/** The upper left corner of [1,3,h,w]. */
export function cropTensor(x: Tensor, height: number, width: number): Tensor {
  const [batch = 1, channels = 3, rows = 0, columns = 0] = x.shape;
  if (rows === height && columns === width) return x;
  const values = x.toFloat32Array();
  const out = new Float32Array(batch * channels * height * width);
  for (let plane = 0; plane < batch * channels; plane++)
    for (let row = 0; row < height; row++) {
      const from = (plane * rows + row) * columns;
      out.set(values.subarray(from, from + width), (plane * height + row) * width);
    }
  return new Tensor(out, [batch, channels, height, width]);
}

const roundUp = (length: number, multiple: number): number => Math.ceil(length / multiple) * multiple;

/** A place behind the end is that far before it; where the picture is too small for that, its first place. */
const mirrored = (at: number, length: number): number => (at < length ? at : Math.max(0, 2 * (length - 1) - at));
