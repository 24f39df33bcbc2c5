import type { WireTensor } from '../protocol.js';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new Error(`[${a.join(', ')}] and [${b.join(', ')}] cannot be added`);
    return left === 1 ? right : left;
  });
}

/** Steps in `shape`'s buffer for one step along each axis of `target`; 0 where it is repeated. */
function stridesIn(shape: readonly number[], target: readonly number[]): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let axis = 1; axis <= shape.length; axis++) {
    const dim = shape[shape.length - axis] as number;
    if (dim !== 1) strides[target.length - axis] = stride;
    stride *= dim;
  }
  return strides;
}

/** Calls `visit(out, source)` for every element of `target`, in order. */
function eachIndex(target: readonly number[], strides: readonly number[], visit: (out: number, source: number) => void): void {
  const index = new Array<number>(target.length).fill(0);
  const total = sizeOf(target);
  let source = 0;
  for (let out = 0; out < total; out++) {
    visit(out, source);
    for (let axis = target.length - 1; axis >= 0; axis--) {
      source += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (target[axis] as number)) break;
      source -= (strides[axis] as number) * (target[axis] as number);
      index[axis] = 0;
    }
  }
}

function expand<T extends Float32Array | BigInt64Array>(data: T, shape: readonly number[], target: readonly number[]): T {
  if (shape.length === target.length && shape.every((dim, axis) => dim === target[axis])) return data.slice() as T;
  const out = new (data.constructor as new (size: number) => T)(sizeOf(target));
  eachIndex(target, stridesIn(shape, target), (to, from) => {
    out[to] = data[from] as T[number];
  });
  return out;
}

function addInto(sum: Float32Array | BigInt64Array, shape: readonly number[], value: WireTensor): void {
  const strides = stridesIn(value.shape, shape);
  const { data } = value;
  if (sum instanceof Float32Array && data instanceof Float32Array) {
    if (data.length === sum.length) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (data[i] as number);
    else
      eachIndex(shape, strides, (to, from) => {
        sum[to] = (sum[to] as number) + (data[from] as number);
      });
  } else if (sum instanceof BigInt64Array && data instanceof BigInt64Array) {
    eachIndex(shape, strides, (to, from) => {
      sum[to] = (sum[to] as bigint) + (data[from] as bigint);
    });
  } else throw new Error('float32 and int64 values cannot be added');
}

/**
 * Adds tensors with numpy's broadcasting, from left to right, rounding to float32 after each addition.
 * A single tensor is returned as it is.
 *
 * @throws Error when shapes or element types do not fit.
 */
export function sumTensors(values: readonly [WireTensor, ...WireTensor[]]): WireTensor {
  const [first, ...others] = values;
  if (others.length === 0) return first;
  const shape = others.reduce<readonly number[]>((found, value) => broadcastShape(found, value.shape), first.shape);
  const sum = expand(first.data, first.shape, shape);
  for (const value of others) addInto(sum, shape, value);
  return { data: sum, shape };
}
