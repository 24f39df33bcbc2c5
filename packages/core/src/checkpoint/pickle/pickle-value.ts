import type { Shape, WeightDtype } from '@armature/sdk';

/** A class or function a pickle names. It is a name only: nothing is looked up, nothing is called. */
export class PickleGlobal {
  readonly name: string;

  constructor(module: string, name: string) {
    this.name = `${module}.${name}`;
  }
}

/** Something made by a class that is of no use here, kept as a name. */
export class PickleOpaque {
  readonly of: string;

  constructor(of: string) {
    this.of = of;
  }
}

/** Raw numbers, somewhere in the file. */
export interface PickleStorage {
  readonly key: string;
  readonly dtype: WeightDtype;
  readonly elements: number;
}

/** A view of a storage; offset and stride count elements. */
export class PickleTensor {
  readonly storage: PickleStorage;
  readonly offset: number;
  readonly shape: Shape;
  readonly stride: readonly number[];

  constructor(storage: PickleStorage, offset: number, shape: Shape, stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.stride = stride;
  }
}

/** What a pickle can hold here. Dictionaries are maps, so that no key means anything to the language. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleOpaque
  | PickleTensor
  | { readonly storage: PickleStorage };
