import type { GraphValue } from './graph-value.js';

/** Emits one module: values in, value out. */
export type EmitFn = (g: GraphBuilder, ...inputs: readonly GraphValue[]) => GraphValue;

/** PLACEHOLDER OF THE GRAPH ROOM: the graph helper fills this interface. */
export interface GraphBuilder {
  readonly path: string;
  module(name: string, inputs: readonly GraphValue[], emit: EmitFn): GraphValue;
}
