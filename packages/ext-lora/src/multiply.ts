import { setImmediate as nextTurn } from 'node:timers/promises';
import { emptyPart, type Part } from './part.js';

/** Multiply-adds before the event loop gets a turn: some milliseconds. */
const pause = 2 ** 23;

/** Product of two matrices, [m, k] · [k, n]. @throws Error where the inner dimensions differ. */
export async function multiply(a: Part, b: Part): Promise<Part> {
  const [m = 0, k = 0] = a.shape;
  const [inner = 0, n = 0] = b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || k !== inner) throw new Error(`[${a.shape}] and [${b.shape}] cannot be multiplied`);
  const { values, shape } = emptyPart([m, n]);
  let done = 0;
  for (let row = 0; row < m; row++) {
    addRow(values.subarray(row * n, row * n + n), a.values.subarray(row * k, row * k + k), b.values);
    done += k * n;
    if (done < pause) continue;
    await nextTurn();
    done = 0;
  }
  return { values, shape };
}

function addRow(out: Float32Array, factors: Float32Array, b: Float32Array): void {
  const n = out.length;
  for (let at = 0; at < factors.length; at++) {
    const factor = factors[at] as number;
    const start = at * n;
    for (let column = 0; column < n; column++) out[column] = (out[column] as number) + factor * (b[start + column] as number);
  }
}

/** Rows as columns. */
export function transposed({ values, shape }: Part): Part {
  const [rows = 0, columns = 0] = shape;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column] as number;
  return { values: out, shape: [columns, rows] };
}
