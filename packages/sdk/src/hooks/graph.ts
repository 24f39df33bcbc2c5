import type { EmitFn } from '../graph/graph-builder.js';
import type { GraphPlan } from '../graph/graph-plan.js';
import type { GraphValue } from '../graph/graph-value.js';
import type { JobModelScope } from './contexts.js';
import { guarded, record, transform, wrap } from './kinds.js';

export interface PlanScope extends JobModelScope {
  readonly network: string;
}
export interface ModuleScope extends JobModelScope {
  readonly plan: GraphPlan;
  /** `unet.input_blocks.1.1.transformer_blocks.0.attn2` */
  readonly path: string;
}
export interface GraphScope extends JobModelScope {
  readonly plan: GraphPlan;
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

const isPlan = (value: unknown, previous: GraphPlan): boolean =>
  record<GraphPlan>('GraphPlan', 'network', 'sockets', 'variants').accepts(value, previous) &&
  (value as GraphPlan).network === previous.network &&
  Array.isArray((value as GraphPlan).sockets);

const isGraph = (value: unknown): boolean => (value as EmittedGraph | null)?.bytes instanceof Uint8Array;

export const graphHooks = {
  /** Adds sockets and variants to a network before it is emitted. Structural. */
  plan: transform<GraphPlan, PlanScope>(guarded('GraphPlan', isPlan), true),
  /** Decorates the emit function of every module whose path matches. Structural, synchronous. */
  module: wrap<EmitFn, ModuleScope>(record<GraphValue>('GraphValue', 'name', 'type', 'shape'), { sync: true, structural: true }),
  /** The whole graph as protobuf bytes. Structural. */
  emitted: transform<EmittedGraph, GraphScope>(guarded('EmittedGraph', isGraph), true),
  /** Options of the session to be created. Structural. */
  session: transform<SessionOptions, GraphScope>(record<SessionOptions>('SessionOptions', 'threads', 'optimization', 'config'), true),
} as const;
