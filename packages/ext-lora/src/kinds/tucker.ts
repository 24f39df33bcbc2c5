import { multiply, transposed } from '../multiply.js';
import { asMatrix, emptyPart, type Part, reshaped } from '../part.js';

/**
 * A core tensor [a, b, kh, kw] between two matrices → [out, in, kh, kw]: Σ core[a, b, k, l] · left[out, a] · right[b, in].
 * (`rebuild_cp_decomposition`; with `left` transposed `make_weight_cp`.)
 */
export async function tucker(core: Part, left: Part, right: Part): Promise<Part> {
  const [a = 0, b = 0, ...kernel] = core.shape;
  const taps = kernel.reduce((product, side) => product * side, 1);
  const rows = await multiply(asMatrix(left), reshaped(core, [a, b * taps]));
  const outputs = rows.shape[0] ?? 0;
  const [, inputs = 0] = right.shape;
  const columns = transposed(right);
  const { values, shape } = emptyPart([outputs, inputs, ...kernel]);
  for (let row = 0; row < outputs; row++) {
    const slice = rows.values.subarray(row * b * taps, (row + 1) * b * taps);
    const made = await multiply(columns, { values: slice, shape: [b, taps] });
    values.set(made.values, row * inputs * taps);
  }
  return { values, shape };
}
