import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Dim,
  ElementType,
  EmitBranch,
  EmitFn,
  GraphBuilder,
  GraphPlan,
  GraphValue,
  InputOptions,
  OpAttributes,
  OpName,
} from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { BuilderOptions } from './builder-options.js';
import { commonShape } from './common-shape.js';
import { constantBytes } from './constant-bytes.js';
import { type Edge, EmissionFrame } from './emission-frame.js';
import type { BranchRecord, GraphRecord, PortRecord, TensorRecord } from './graph-record.js';
import { IllegalOperator, illegal } from './illegal-operator.js';
import { inferOutput } from './infer-output.js';
import type { Attributes } from './op-input.js';

import { SocketRack } from './socket-rack.js';

/** Emission longer than this gives the event loop a turn. */
const SLICE_MS = 5;
/** Operators that keep a weight recognisable, so that an error can name its key. */
const passesKey: ReadonlySet<OpName> = new Set(['Cast', 'Reshape', 'Transpose', 'Slice']);

/** Records a network as ONNX nodes and tensors; each call is checked at once, so the record is legal at all times. */
export class OnnxGraphBuilder implements GraphBuilder {
  readonly plan: GraphPlan;
  readonly #options: BuilderOptions;
  readonly #sockets: SocketRack;
  readonly #root = new EmissionFrame();
  /** Where nodes go: the graph, or the side of a choice that is being emitted. */
  #frame = this.#root;
  readonly #nodeNames = new Map<string, number>();
  #values = 0;
  readonly #tensors: TensorRecord[] = [];
  readonly #inputs: PortRecord[] = [];
  readonly #optional: string[] = [];
  readonly #outputs: PortRecord[] = [];
  #scope: readonly string[] = [];
  #sliceStart = performance.now();

  constructor(options: BuilderOptions) {
    this.plan = options.plan;
    this.#options = options;
    this.#sockets = new SocketRack(options.plan.sockets);
  }

  get path(): string {
    return [this.plan.network, ...this.#scope].join('.');
  }

  input(name: string, type: ElementType, shape: readonly Dim[], { optional = false }: InputOptions = {}): GraphValue {
    return this.#legally(`input ${name}`, [], () => {
      this.#inputs.push({ name, type, shape });
      if (optional) this.#optional.push(name);
      return this.#declare({ name, type, shape, known: undefined, key: undefined });
    });
  }

  output(name: string, value: GraphValue): void {
    this.#legally(`output ${name}`, [value], () => {
      if (this.#frame.isBranch) illegal('one side of a choice declares none of the graph');
      const { type, shape, name: from } = this.#edge(value);
      this.#declare({ name, type, shape, known: undefined, key: undefined });
      this.#root.nodes.push({ name: `output/${name}`, op: 'Identity', inputs: [from], output: name, attributes: {} });
      this.#outputs.push({ name, type, shape });
    });
  }

  constant(values: readonly number[], type: ElementType = 'float32', shape: readonly number[] = [values.length]): GraphValue {
    return this.#once(
      `constant ${type} [${shape}] ${values.join(' ')}`,
      () =>
        this.#legally('constant', [], () => {
          const name = `%c${this.#tensors.length}`;
          this.#tensors.push({ name, type, shape, source: { bytes: constantBytes(values, type, shape) } });
          return this.#declare({ name, type, shape, known: shape.length === 1 ? values : undefined, key: undefined });
        }),
      this.#root,
    );
  }

  weight(name: string, shape: readonly number[]): GraphValue {
    const key = this.#options.weights.keyOf([...this.#scope, name]);
    return this.#once(
      `weight ${key} [${shape}]`,
      () => {
        const tensor = this.#options.weights.find(key, shape, this.path);
        this.#tensors.push(tensor);
        const edge = this.#declare({ name: key, type: 'float32', shape, known: undefined, key });
        return tensor.type === 'float32' ? edge : this.#outside(() => this.#node('Cast', [edge], { to: 'float32' }));
      },
      this.#root,
    );
  }

  op<N extends OpName>(
    op: N,
    inputs: readonly (GraphValue | undefined)[],
    attributes: OpAttributes[N] = {} as OpAttributes[N],
  ): GraphValue {
    const names = inputs.map((input) => input?.name ?? '');
    return this.#once(`${op} ${names.join(' ')} ${JSON.stringify(attributes)}`, () => this.#node(op, inputs, attributes as Attributes));
  }

  module(name: string, inputs: readonly GraphValue[], emit: EmitFn): GraphValue {
    const outside = this.#scope;
    this.#scope = [...outside, ...name.split('.')];
    try {
      const { path } = this;
      const emitHere = this.#options.wrapModule?.(path, emit) ?? emit;
      const value = this.#legally(path, [], () => this.#edge(emitHere(this, ...inputs)));
      return this.#sockets
        .at(path)
        .reduce<GraphValue>((sum, socket) => this.op('Add', [sum, this.#socketInput(socket.name, socket.shape)]), value);
    } finally {
      this.#scope = outside;
    }
  }

  choose(condition: GraphValue, whenTrue: EmitBranch, whenFalse: EmitBranch): GraphValue {
    const node = this.#nodeName('If');
    return this.#legally(node, [condition], () => {
      const asked = this.#edge(condition);
      if (asked.type !== 'bool') illegal(`the condition is ${asked.type}, expected bool`);
      const branches = { whenTrue: this.#branch(whenTrue), whenFalse: this.#branch(whenFalse) };
      const shape = commonShape(branches.whenTrue.output, branches.whenFalse.output, node);
      const output = `%${this.#values++}`;
      this.#frame.nodes.push({ name: node, op: 'If', inputs: [asked.name], output, attributes: {}, branches });
      return this.#define({ name: output, type: branches.whenTrue.output.type, shape, known: undefined, key: undefined });
    });
  }

  async pause(): Promise<void> {
    if (this.#options.signal?.aborted) throw new HostError('JOB_CANCELLED');
    if (performance.now() - this.#sliceStart < SLICE_MS) return;
    await nextTurn();
    this.#sliceStart = performance.now();
  }

  /** What was emitted. @throws HostError GRAPH_ILLEGAL for an output or a socket that is not there. */
  record(): GraphRecord {
    this.#legally('outputs', [], () => this.#outputs.length > 0 || illegal('the network declares none'));
    for (const { name, at } of this.#sockets.unused()) {
      this.#legally(`socket ${name}`, [], () => illegal(`there is no module at ${at}`));
    }
    return { nodes: this.#root.nodes, tensors: this.#tensors, inputs: this.#inputs, optional: this.#optional, outputs: this.#outputs };
  }

  /** Every axis is open: an unfilled socket is fed a single zero. One socket may stand at several modules. */
  #socketInput(name: string, shape: readonly Dim[]): GraphValue {
    return this.#once(
      `socket ${name} [${shape}]`,
      () =>
        this.#legally(`socket ${name}`, [], () => {
          this.#inputs.push({ name, type: 'float32', shape: shape.map((_, axis) => `${name}:${axis}`) });
          return this.#declare({ name, type: 'float32', shape, known: undefined, key: undefined });
        }),
      this.#root,
    );
  }

  #node(op: OpName, inputs: readonly (GraphValue | undefined)[], attributes: Attributes): Edge {
    const node = this.#nodeName(op);
    return this.#legally(node, inputs, () => {
      const edges = inputs.map((input) => input && this.#edge(input));
      const result = inferOutput(op, edges, attributes);
      const output = `%${this.#values++}`;
      this.#frame.nodes.push({ name: node, op, inputs: edges.map((edge) => edge?.name ?? ''), output, attributes });
      const key = passesKey.has(op) ? edges[0]?.key : undefined;
      return this.#define({ name: output, type: result.type, shape: result.shape, known: result.known, key });
    });
  }

  /** Emits one side of a choice: what it defines is forgotten with it. */
  #branch(emit: EmitBranch): BranchRecord {
    const outside = this.#frame;
    const frame = new EmissionFrame(outside);
    this.#frame = frame;
    try {
      const value = this.#edge(emit(this));
      // A side must make its result itself: a value of the outside cannot be handed on as it is.
      const { name, type, shape } = frame.owns(value.name) ? value : this.#node('Identity', [value], {});
      return { nodes: frame.nodes, output: { name, type, shape } };
    } finally {
      this.#frame = outside;
    }
  }

  /** Emits into the graph itself, also from within a choice. */
  #outside<T>(emit: () => T): T {
    const inside = this.#frame;
    this.#frame = this.#root;
    try {
      return emit();
    } finally {
      this.#frame = inside;
    }
  }

  #nodeName(op: string): string {
    const count = this.#nodeNames.get(`${this.path}/${op}`) ?? 0;
    this.#nodeNames.set(`${this.path}/${op}`, count + 1);
    return count === 0 ? `${this.path}/${op}` : `${this.path}/${op}#${count + 1}`;
  }

  /** A value of the whole graph, wherever it was asked for. */
  #declare(edge: Edge): Edge {
    return this.#outside(() => this.#define(edge));
  }

  #define(edge: Edge): Edge {
    if (this.#frame.edge(edge.name)) illegal(`the name ${edge.name} is taken`);
    this.#frame.define(Object.freeze(edge));
    return edge;
  }

  #edge(value: GraphValue): Edge {
    const edge = this.#frame.edge(value?.name);
    return edge && (edge as GraphValue) === value ? edge : illegal(`the value ${value?.name} is not of this graph`);
  }

  #once(what: string, make: () => Edge, frame = this.#frame): Edge {
    const known = frame.known(what);
    if (known) return known;
    const edge = make();
    frame.remember(what, edge);
    return edge;
  }

  /** Runs a piece of emission and names the node and the weight of what is illegal in it. */
  #legally<T>(node: string, inputs: readonly (GraphValue | undefined)[], emit: () => T): T {
    try {
      return emit();
    } catch (error) {
      if (!(error instanceof IllegalOperator)) throw error;
      const keys = inputs.flatMap((input) => this.#frame.edge(input?.name ?? '')?.key ?? []);
      const key = keys.length > 0 ? keys.join(', ') : 'no weight';
      throw new HostError('GRAPH_ILLEGAL', { network: this.plan.network, node, key, problem: error.message }, { cause: error });
    }
  }
}
