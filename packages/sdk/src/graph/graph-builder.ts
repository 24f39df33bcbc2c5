import type { GraphPlan } from './graph-plan.js';
import type { Dim, ElementType, GraphValue } from './graph-value.js';
import type { OpAttributes, OpName } from './op-attributes.js';

/** Emits one module: values in, value out. Synchronous; may be decorated by `graph.module` taps. */
export type EmitFn = (g: GraphBuilder, ...inputs: readonly GraphValue[]) => GraphValue;

/** How a graph input is fed. */
export interface InputOptions {
  /** May be left out of a run: its named dimensions are 0 then. Costs nothing to leave out, however many there are. */
  readonly optional?: boolean;
}

/** Emits one side of a choice. */
export type EmitBranch = (g: GraphBuilder) => GraphValue;

/**
 * Writes a network as a graph of operators. Every method is pure in what it returns: the same operator on the same
 * values gives the same value back, so a subexpression may be written down wherever it reads best.
 *
 * All methods that emit throw HostError GRAPH_ILLEGAL (names the node and the weight key) when a type or shape is wrong.
 */
export interface GraphBuilder {
  /** What the graph is emitted from: sockets and variants. */
  readonly plan: GraphPlan;
  /** Where we are: network name and module names, e.g. `unet.input_blocks.1.1.transformer_blocks.0.attn2`. */
  readonly path: string;
  /** Declares a graph input: float32, or int64 for ids. A named dimension is known only at run time. */
  input(name: string, type: ElementType, shape: readonly Dim[], options?: InputOptions): GraphValue;
  /** Declares a graph output; a module wrap may do so too, to look inside a network. Names are unique. */
  output(name: string, value: GraphValue): void;
  /** Numbers written into the graph; `shape` defaults to one dimension. `[]` is a scalar. */
  constant(values: readonly number[], type?: ElementType, shape?: readonly number[]): GraphValue;
  /**
   * A tensor of the weights file, as float32 whatever it is stored as. Its key is the network's weight prefix, the
   * module names below the network, and `name`.
   * @throws HostError CKPT_KEY_MISSING, CKPT_SHAPE_MISMATCH, CKPT_DTYPE.
   */
  weight(name: string, shape: readonly number[]): GraphValue;
  /** One operator of the closed table. An absent optional input is `undefined`. */
  op<N extends OpName>(name: N, inputs: readonly (GraphValue | undefined)[], attributes?: OpAttributes[N]): GraphValue;
  /**
   * One of two values, chosen at run time; the other side is not computed. `condition` is bool with one element. Both sides have
   * one type and rank; a dimension in which they differ is open. What a side emits cannot be used outside of it.
   */
  choose(condition: GraphValue, whenTrue: EmitBranch, whenFalse: EmitBranch): GraphValue;
  /** Emits inside a scope; taps of `graph.module` may decorate `emit`, and sockets planned at the path are added to its value. */
  module(name: string, inputs: readonly GraphValue[], emit: EmitFn): GraphValue;
  /** Lets the event loop run if emission has taken long since the last pause. @throws HostError JOB_CANCELLED. */
  pause(): Promise<void>;
}
