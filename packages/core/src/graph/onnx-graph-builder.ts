import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dim, ElementType, EmitFn, GraphBuilder, GraphPlan, GraphValue, OpAttributes, OpName } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { constantBytes } from './constant-bytes.js';
import type { GraphRecord, NodeRecord, PortRecord, TensorRecord } from './graph-record.js';
import { IllegalOperator, illegal } from './illegal-operator.js';
import type { Attributes, OpInput, OpOutput } from './op-input.js';
import { opTable } from './op-table.js';
import { SocketRack } from './socket-rack.js';
import type { WeightShelf } from './weight-shelf.js';

/** Emission longer than this gives the event loop a turn. */
const SLICE_MS = 5;
/** Operators that keep a weight recognisable, so that an error can name its key. */
const passesKey: ReadonlySet<OpName> = new Set(['Cast', 'Reshape', 'Transpose', 'Slice']);

export interface BuilderOptions {
  readonly plan: GraphPlan;
  readonly weights: WeightShelf;
  /** Decorates the emit function of the module at a path. */
  readonly wrapModule?: ((path: string, emit: EmitFn) => EmitFn) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the builder knows of a value. */
interface Edge extends OpInput {
  readonly key: string | undefined;
}

/** Records a network as ONNX nodes and tensors; each call is checked at once, so the record is legal at all times. */
export class OnnxGraphBuilder implements GraphBuilder {
  readonly plan: GraphPlan;
  readonly #options: BuilderOptions;
  readonly #sockets: SocketRack;
  readonly #edges = new Map<string, Edge>();
  readonly #same = new Map<string, Edge>();
  readonly #nodeNames = new Map<string, number>();
  readonly #nodes: NodeRecord[] = [];
  readonly #tensors: TensorRecord[] = [];
  readonly #inputs: PortRecord[] = [];
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

  input(name: string, type: ElementType, shape: readonly Dim[]): GraphValue {
    return this.#legally(`input ${name}`, [], () => {
      this.#inputs.push({ name, type, shape });
      return this.#define({ name, type, shape, known: undefined, key: undefined });
    });
  }

  output(name: string, value: GraphValue): void {
    this.#legally(`output ${name}`, [value], () => {
      const { type, shape, name: from } = this.#edge(value);
      this.#define({ name, type, shape, known: undefined, key: undefined });
      this.#nodes.push({ name: `output/${name}`, op: 'Identity', inputs: [from], output: name, attributes: {} });
      this.#outputs.push({ name, type, shape });
    });
  }

  constant(values: readonly number[], type: ElementType = 'float32', shape: readonly number[] = [values.length]): GraphValue {
    return this.#once(`constant ${type} [${shape}] ${values.join(' ')}`, () =>
      this.#legally('constant', [], () => {
        const name = `%c${this.#tensors.length}`;
        this.#tensors.push({ name, type, shape, source: { bytes: constantBytes(values, type, shape) } });
        return this.#define({ name, type, shape, known: shape.length === 1 ? values : undefined, key: undefined });
      }),
    );
  }

  weight(name: string, shape: readonly number[]): GraphValue {
    const key = this.#options.weights.keyOf([...this.#scope, name]);
    return this.#once(`weight ${key} [${shape}]`, () => {
      const tensor = this.#options.weights.find(key, shape, this.path);
      this.#tensors.push(tensor);
      const edge = this.#define({ name: key, type: 'float32', shape, known: undefined, key });
      return tensor.type === 'float32' ? edge : this.#node('Cast', [edge], { to: 'float32' });
    });
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
    return { nodes: this.#nodes, tensors: this.#tensors, inputs: this.#inputs, outputs: this.#outputs };
  }

  /** Every axis is open: an unfilled socket is fed a single zero. One socket may stand at several modules. */
  #socketInput(name: string, shape: readonly Dim[]): GraphValue {
    return this.#once(`socket ${name} [${shape}]`, () =>
      this.#legally(`socket ${name}`, [], () => {
        this.#inputs.push({ name, type: 'float32', shape: shape.map((_, axis) => `${name}:${axis}`) });
        return this.#define({ name, type: 'float32', shape, known: undefined, key: undefined });
      }),
    );
  }

  #node(op: OpName, inputs: readonly (GraphValue | undefined)[], attributes: Attributes): Edge {
    const count = this.#nodeNames.get(`${this.path}/${op}`) ?? 0;
    this.#nodeNames.set(`${this.path}/${op}`, count + 1);
    const node = count === 0 ? `${this.path}/${op}` : `${this.path}/${op}#${count + 1}`;
    return this.#legally(node, inputs, () => {
      const edges = inputs.map((input) => input && this.#edge(input));
      const result = inferOutput(op, edges, attributes);
      const output = `%${this.#nodes.length}`;
      this.#nodes.push({ name: node, op, inputs: edges.map((edge) => edge?.name ?? ''), output, attributes });
      const key = passesKey.has(op) ? edges[0]?.key : undefined;
      return this.#define({ name: output, type: result.type, shape: result.shape, known: result.known, key });
    });
  }

  #define(edge: Edge): Edge {
    if (this.#edges.has(edge.name)) illegal(`the name ${edge.name} is taken`);
    this.#edges.set(edge.name, Object.freeze(edge));
    return edge;
  }

  #edge(value: GraphValue): Edge {
    const edge = this.#edges.get(value?.name);
    return edge && (edge as GraphValue) === value ? edge : illegal(`the value ${value?.name} is not of this graph`);
  }

  #once(what: string, make: () => Edge): Edge {
    const known = this.#same.get(what);
    if (known) return known;
    const edge = make();
    this.#same.set(what, edge);
    return edge;
  }

  /** Runs a piece of emission and names the node and the weight of what is illegal in it. */
  #legally<T>(node: string, inputs: readonly (GraphValue | undefined)[], emit: () => T): T {
    try {
      return emit();
    } catch (error) {
      if (!(error instanceof IllegalOperator)) throw error;
      const keys = inputs.flatMap((input) => this.#edges.get(input?.name ?? '')?.key ?? []);
      const key = keys.length > 0 ? keys.join(', ') : 'no weight';
      throw new HostError('GRAPH_ILLEGAL', { network: this.plan.network, node, key, problem: error.message }, { cause: error });
    }
  }
}

function inferOutput(op: OpName, inputs: readonly (OpInput | undefined)[], attributes: Attributes): OpOutput {
  const row = Object.hasOwn(opTable, op) ? opTable[op] : illegal(`there is no operator ${op}`);
  const { least, most } = row.inputs;
  if (inputs.length < least || inputs.length > most) illegal(`${op} takes ${least} to ${most} inputs, not ${inputs.length}`);
  for (const name of row.required) if (attributes[name] === undefined) illegal(`${op} needs the attribute ${name}`);
  for (const name of Object.keys(attributes)) if (!(name in row.attributes)) illegal(`${op} has no attribute ${name}`);
  return row.shape(inputs, attributes);
}
