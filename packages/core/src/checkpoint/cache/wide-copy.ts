import type { TensorLocation, WeightDtype } from '@armature/sdk';
import type { TensorSpan } from '../safetensors-header.js';

/** Where the tensors of one state of a weights file lie as float32. */
export class WideCopy {
  /** Real path. */
  readonly path: string;
  readonly #places: ReadonlyMap<string, TensorLocation>;

  /** `pairs`: a tensor's place in its file, its type, and the tensor in the copy. */
  constructor(path: string, pairs: Iterable<readonly [TensorLocation, WeightDtype, TensorSpan]>) {
    this.path = path;
    this.#places = new Map(
      [...pairs].map(([from, dtype, { offset, byteLength }]) => [placeKey(from, dtype), { path, offset, byteLength }] as const),
    );
  }

  /** The float32 values of what lies at a place of the file; undefined when it is not copied. */
  locate(place: TensorLocation, dtype: WeightDtype): TensorLocation | undefined {
    return this.#places.get(placeKey(place, dtype));
  }
}

/** By place and not by key: two maps may call a tensor by different names. */
const placeKey = ({ path, offset, byteLength }: TensorLocation, dtype: WeightDtype): string => `${path}|${offset}|${byteLength}|${dtype}`;
