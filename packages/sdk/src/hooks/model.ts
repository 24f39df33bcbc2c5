import type { Shape } from '../values/tensor.js';
import type { HostScope, JobScope, ModelInfo, ModelScope } from './contexts.js';
import { first, guarded, observe, record, transform } from './kinds.js';
import { isObject, isText, listOf } from './predicates.js';

export type WeightDtype = 'F64' | 'F32' | 'F16' | 'BF16' | 'F8_E4M3' | 'F8_E5M2' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Where a tensor's bytes lie. */
export interface TensorLocation {
  readonly path: string;
  /** From the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** A tensor of a weights file: where its bytes lie, and how to get them as float32. */
export interface WeightEntry {
  readonly key: string;
  readonly dtype: WeightDtype;
  readonly shape: Shape;
  /** Absent: the values are not those of a file, only `read` has them. */
  readonly stored?: TensorLocation;
  /** The values as float32; reads from disk on each call. */
  read(): Promise<Float32Array>;
}

/** Lazy tensor map; `with` replaces entries and leaves the file alone. */
export interface WeightMap {
  readonly keys: ReadonlySet<string>;
  get(key: string): WeightEntry | undefined;
  with(entries: Iterable<WeightEntry>): WeightMap;
}

export interface ModelQuestion {
  /** What the user wrote. */
  readonly name: string;
}
/** A file that `model.resolve` names for a model the catalogue does not know. */
export interface ModelAnswer {
  readonly path: string;
}
export interface DetectQuestion {
  readonly weights: WeightMap;
  readonly path: string;
}
export interface DetectAnswer {
  /** Id of a contributed model family. */
  readonly family: string;
}

export interface WeightsScope extends JobScope, ModelScope {
  /**
   * The network whose session is keyed: a variant may leave those alone that it does not touch. Absent while tensors are
   * replaced, which is done for all networks at once.
   */
  readonly network?: string;
}

const isModelInfo = (value: unknown): boolean => isObject(value) && isText((value as ModelInfo).name) && isText((value as ModelInfo).path);
const isWeightMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as WeightMap).keys instanceof Set && typeof (value as WeightMap).get === 'function';

export const modelHooks = {
  /** Names a file for a model name before the catalogue is asked. */
  resolve: first<ModelQuestion, ModelAnswer, JobScope>(record<ModelAnswer>('ModelAnswer', { path: isText })),
  /** Names the family of a file before the families' own rules are asked. */
  detect: first<DetectQuestion, DetectAnswer, HostScope>(record<DetectAnswer>('DetectAnswer', { family: isText })),
  /** A model was opened; speaks once per weights identity and generation of extensions. */
  loaded: observe<ModelInfo, ModelScope>(),
  /** Replaces tensors of a model before its graphs are emitted. Structural: declare a variant. */
  weights: transform<WeightMap, WeightsScope>(guarded('WeightMap', isWeightMap), true),
  /** A model's sessions are about to be freed. */
  unloading: observe<ModelInfo, ModelScope>(),
  /** The list of checkpoints as clients will see it. */
  listed: transform<readonly ModelInfo[], HostScope>(guarded('ModelInfo[]', listOf(isModelInfo))),
} as const;
