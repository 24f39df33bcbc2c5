import type { Part } from '../part.js';

/**
 * Blocks […, n, n] of free numbers → orthogonal ones: Q = B − Bᵀ, R = (I + Q)(I − Q)⁻¹. `constraint` bounds the norm of all
 * of Q; 0 is none.
 */
export function rotationOf({ values, shape }: Part, constraint: number): Part {
  const n = shape.at(-1) ?? 0;
  if (n === 0 || shape.at(-2) !== n) throw new Error(`[${shape}] holds no square blocks`);
  const skew = Float64Array.from(values, (value, at) => {
    const [row, column] = [Math.floor(at / n) % n, at % n];
    return value - (values[at - row * n - column + column * n + row] as number);
  });
  const length = Math.sqrt(skew.reduce((sum, value) => sum + value * value, 0));
  const shrink = constraint === 0 ? 1 : (Math.min(length, constraint) + 1e-8) / (length + 1e-8);
  const out = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += n * n) {
    out.set(
      cayley(
        skew.subarray(start, start + n * n).map((value) => value * shrink),
        n,
      ),
      start,
    );
  }
  return { values: out, shape };
}

/** (I + Q)(I − Q)⁻¹ = (I − Q)⁻¹(I + Q), by elimination; I − Q of a skew Q is never singular. */
function cayley(skew: Float64Array, n: number): Float64Array {
  const [left, right] = [skew.map((value) => -value), Float64Array.from(skew)];
  for (let i = 0; i < n; i++) {
    left[i * n + i] = 1 + (left[i * n + i] as number);
    right[i * n + i] = 1 + (right[i * n + i] as number);
  }
  for (let column = 0; column < n; column++) {
    const pivot = left[column * n + column] as number;
    for (let k = 0; k < n; k++) {
      left[column * n + k] = (left[column * n + k] as number) / pivot;
      right[column * n + k] = (right[column * n + k] as number) / pivot;
    }
    for (let row = 0; row < n; row++) {
      const factor = left[row * n + column] as number;
      if (row === column || factor === 0) continue;
      for (let k = 0; k < n; k++) {
        left[row * n + k] = (left[row * n + k] as number) - factor * (left[column * n + k] as number);
        right[row * n + k] = (right[row * n + k] as number) - factor * (right[column * n + k] as number);
      }
    }
  }
  return right;
}
