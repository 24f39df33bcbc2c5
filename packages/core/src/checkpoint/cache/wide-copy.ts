import type { TensorLocation, WeightDtype } from '@armature/sdk';
import type { TensorSpan } from '../safetensors-header.js';

/** Where the tensors of one state of a weights file lie as float32. */
export class WideCopy {
  /** Real path. */
  readonly path: string;
  readonly #source: string;
  readonly #places: ReadonlyMap<string, TensorLocation>;

  /** `pairs`: a tensor in its file, and in the copy. */
  constructor(path: string, source: string, pairs: Iterable<readonly [TensorSpan, TensorSpan]>) {
    this.path = path;
    this.#source = source;
    this.#places = new Map(
      [...pairs].map(([from, { offset, byteLength }]) => [placeKey(from, from.dtype), { path, offset, byteLength }] as const),
    );
  }

  /** The float32 values of what lies at a place of the file; undefined when it is not copied. */
  locate(place: TensorLocation, dtype: WeightDtype): TensorLocation | undefined {
    return place.path === this.#source ? this.#places.get(placeKey(place, dtype)) : undefined;
  }
}

/** By place and not by key: two maps may call a tensor by different names. */
const placeKey = ({ offset, byteLength }: Pick<TensorLocation, 'offset' | 'byteLength'>, dtype: WeightDtype): string =>
  `${offset}|${byteLength}|${dtype}`;
