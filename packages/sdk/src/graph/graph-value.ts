/** A dimension: a number, or the name of one that is known only at run time. */
export type Dim = number | string;
export type ElementType = 'float32' | 'float16' | 'int64' | 'bool';

/** An edge of the graph being emitted. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dim[];
}
