import type { EmitFn } from '../graph/graph-builder.js';
import type { GraphPlan, Socket } from '../graph/graph-plan.js';
import type { GraphValue } from '../graph/graph-value.js';
import type { FeedValue } from '../values/tensor-handle.js';
import type { JobModelScope } from './contexts.js';
import { guarded, record, transform, wrap } from './kinds.js';
import { isCount, isObject, isText, listOf, mapOf } from './predicates.js';

export interface PlanScope extends JobModelScope {
  readonly network: string;
}
export interface ModuleScope extends JobModelScope {
  readonly plan: GraphPlan;
  /** `unet.input_blocks.1.1.transformer_blocks.0.attn2` */
  readonly path: string;
  /** What stands in the keys of the weights in place of the network's name: `model.diffusion_model.`. */
  readonly weightPrefix: string;
}
export interface GraphScope extends JobModelScope {
  readonly plan: GraphPlan;
}
/** Values for inputs of a network by name; several for one are added. */
export type GraphInputs = Readonly<Record<string, readonly FeedValue[]>>;
export interface InputsScope extends GraphScope {
  readonly weightPrefix: string;
  /** Every input that the network in the session has. */
  readonly inputs: ReadonlySet<string>;
}
/** A finished graph, ready for a session. */
export interface EmittedGraph {
  /** ONNX ModelProto; its initialisers point into the weights file. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
/** ONNX Runtime session options an extension may set. */
export interface SessionOptions {
  readonly threads: number;
  readonly optimization: 'disabled' | 'basic' | 'extended' | 'all';
  readonly config: Readonly<Record<string, string>>;
}

const socket = record<Socket>('Socket', { name: isText, at: isText, shape: listOf((dim) => isText(dim) || isCount(dim)) });
const plan = record<GraphPlan>('GraphPlan', {
  network: isText,
  family: isText,
  config: isObject,
  sockets: listOf((value) => socket.accepts(value, value as Socket)),
  variants: isObject,
});
const isInputs = (value: unknown): boolean => mapOf(Array.isArray)(value);
const samePlan = guarded<GraphPlan>(
  plan.name,
  (value, previous) => plan.accepts(value, previous) && (value as GraphPlan).network === previous.network,
);
const emitted = record<EmittedGraph>('EmittedGraph', {
  bytes: (value) => value instanceof Uint8Array,
  inputs: listOf(isText),
  outputs: listOf(isText),
});
const session = record<SessionOptions>('SessionOptions', {
  threads: isCount,
  optimization: (value) => ['disabled', 'basic', 'extended', 'all'].includes(value as string),
  config: mapOf(isText),
});

export const graphHooks = {
  /** Adds sockets and variants to a network before it is emitted. Structural. */
  plan: transform<GraphPlan, PlanScope>(samePlan, true),
  /** Options of the session to be created: asked before anything is emitted, since they tell whether it has to be. Structural. */
  session: transform<SessionOptions, GraphScope>(session, true),
  /** Decorates the emit function of every module whose path matches. Structural, synchronous. */
  module: wrap<EmitFn, ModuleScope>(record<GraphValue>('GraphValue', { name: isText, type: isText, shape: Array.isArray }), {
    sync: true,
    structural: true,
  }),
  /** The whole graph as protobuf bytes. Structural. */
  emitted: transform<EmittedGraph, GraphScope>(emitted, true),
  /**
   * Values of inputs that taps of `module` have declared, for as long as a run uses the session: asked once when it is taken, sent
   * once, and added to what `sampling.feeds` gives for single calls. Names that the network has no input for are left out.
   */
  inputs: transform<GraphInputs, InputsScope>(guarded('GraphInputs', isInputs)),
} as const;
