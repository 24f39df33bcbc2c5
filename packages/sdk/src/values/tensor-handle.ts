import type { IntTensor } from './int-tensor.js';
import type { Shape, Tensor } from './tensor.js';

/**
 * A tensor that stays in the runtime process: a ControlNet's residual, a cached text embedding. It dies with its owner
 * (job or extension) and with the process: a stale one is refused with HANDLE_STALE.
 */
export interface TensorHandle {
  readonly kind: 'handle';
  readonly id: number;
  /** Which life of the runtime process it belongs to. */
  readonly epoch: number;
  readonly shape: Shape;
}

/** What a graph input accepts. */
export type FeedValue = Tensor | IntTensor | TensorHandle;

export const isTensorHandle = (value: unknown): value is TensorHandle =>
  typeof value === 'object' &&
  value !== null &&
  (value as TensorHandle).kind === 'handle' &&
  typeof (value as TensorHandle).epoch === 'number';
