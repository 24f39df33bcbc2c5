import type { TensorLocation, WeightDtype, WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { StoredType, TensorRecord } from './graph-record.js';

const typeOf: Partial<Record<WeightDtype, StoredType>> = {
  ...{ F32: 'float32', F16: 'float16', BF16: 'bfloat16' },
  ...{ F8_E4M3: 'float8e4m3fn', F8_E5M2: 'float8e5m2' },
};

/** A tensor's place in its file → the place of the same values as float32, where there is one. */
export type Relocate = (place: TensorLocation, dtype: WeightDtype) => TensorLocation | undefined;

/** The weights of one network: looks tensors up, checks them, and describes how the model refers to them. */
export class WeightShelf {
  /** What all tensors asked for take once they are loaded as float32. */
  bytes = 0;
  readonly #weights: WeightMap;
  readonly #prefix: string;
  readonly #path: string;
  readonly #relocate: Relocate | undefined;

  constructor(weights: WeightMap, prefix: string, { path, relocate }: { readonly path: string; readonly relocate?: Relocate | undefined }) {
    this.#weights = weights;
    this.#prefix = prefix;
    this.#path = path;
    this.#relocate = relocate;
  }

  /** The key of a tensor named within module names below the network. */
  keyOf(names: readonly string[]): string {
    return this.#prefix + names.join('.');
  }

  /** @throws HostError CKPT_KEY_MISSING, CKPT_SHAPE_MISMATCH, CKPT_DTYPE. */
  find(key: string, shape: readonly number[], module: string): TensorRecord {
    const path = this.#path;
    const entry = this.#weights.get(key);
    if (!entry) throw new HostError('CKPT_KEY_MISSING', { path, key, module });
    if (entry.shape.length !== shape.length || entry.shape.some((dim, at) => dim !== shape[at])) {
      throw new HostError('CKPT_SHAPE_MISMATCH', { path, key, found: entry.shape.join(','), expected: shape.join(','), module });
    }
    this.bytes += shape.reduce((product, dim) => product * dim, 4);
    if (!entry.stored) return { name: key, type: 'float32', shape, source: { entry } };
    const wide = this.#relocate?.(entry.stored, entry.dtype);
    if (wide) return { name: key, type: 'float32', shape, source: { stored: wide } };
    const type = typeOf[entry.dtype];
    if (!type) throw new HostError('CKPT_DTYPE', { path, key, dtype: entry.dtype, module });
    return { name: key, type, shape, source: { stored: entry.stored } };
  }
}
