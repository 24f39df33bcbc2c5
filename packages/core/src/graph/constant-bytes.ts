import type { ElementType } from '@armature/sdk';
import { illegal } from './illegal-operator.js';

/** Numbers as the little-endian bytes of a raw tensor. */
export function constantBytes(values: readonly number[], type: ElementType, shape: readonly number[]): Uint8Array {
  if (shape.reduce((product, dim) => product * dim, 1) !== values.length) illegal(`${values.length} numbers do not fill [${shape}]`);
  if (type === 'float32') return bytesOf(4, values, (view, at, value) => view.setFloat32(at, value, true));
  if (type === 'int64') return bytesOf(8, values, (view, at, value) => view.setBigInt64(at, BigInt(value), true));
  if (type === 'bool') return Uint8Array.from(values, (value) => (value ? 1 : 0));
  return illegal('constants are float32, int64 or bool');
}

function bytesOf(width: number, values: readonly number[], set: (view: DataView, at: number, value: number) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * width));
  values.forEach((value, at) => {
    set(view, at * width, value);
  });
  return new Uint8Array(view.buffer);
}
