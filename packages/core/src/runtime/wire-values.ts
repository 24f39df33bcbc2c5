import { type FeedValue, isTensor, isTensorHandle, Tensor, type TensorHandle } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { owned, viewOf } from '@armature/sdk/internal';
import type { RunReply, WireValue } from './protocol.js';

/** A feed as it goes to the runtime. */
export function toWire(value: FeedValue): WireValue {
  if (isTensorHandle(value)) return { handle: value.id, shape: value.shape };
  if (isTensor(value)) return { data: viewOf(value), shape: value.shape };
  return { data: BigInt64Array.from(value.values, BigInt), shape: value.shape };
}

function outputFrom(value: WireValue | undefined, epoch: number): Tensor | TensorHandle {
  if (value && 'handle' in value)
    return Object.freeze({ kind: 'handle' as const, id: value.handle, epoch, shape: Object.freeze([...value.shape]) });
  if (value && 'data' in value && value.data instanceof Float32Array) return new Tensor(owned(value.data), value.shape);
  throw new HostError('INTERNAL', { problem: 'an output came back without float32 values' });
}

/** Outputs as they came back; tensors take over their buffers. */
export const fromWire = (outputs: RunReply['outputs'], epoch: number): Record<string, Tensor | TensorHandle> =>
  Object.fromEntries(Object.entries(outputs).map(([name, [value]]) => [name, outputFrom(value, epoch)]));
