import { type FeedValue, isTensor, isTensorHandle, Tensor, type TensorHandle } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import type { WireValue } from './protocol.js';

/** A feed as it goes to the runtime. */
export function toWire(value: FeedValue): WireValue {
  if (isTensorHandle(value)) return { handle: value.id, shape: value.shape };
  if (isTensor(value)) return { data: viewOf(value), shape: value.shape };
  return { data: BigInt64Array.from(value.values, BigInt), shape: value.shape };
}

/** An output as it came back; a tensor takes over the buffer. */
export function fromWire(value: WireValue, epoch: number): Tensor | TensorHandle {
  if ('handle' in value) return Object.freeze({ kind: 'handle' as const, id: value.handle, epoch, shape: Object.freeze([...value.shape]) });
  return new Tensor(owned(value.data as Float32Array), value.shape);
}
