import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type {
  BindRequest,
  LoadRequest,
  RunReply,
  RunRequest,
  RuntimeReplies,
  RuntimeRequest,
  StartRequest,
  WireTensor,
  WireValue,
} from '../protocol.js';
import { BindingStore, type BoundTensors } from './binding-store.js';
import { chooseDevice } from './choose-device.js';
import { Garbage } from './garbage.js';
import { HandleStore } from './handle-store.js';
import { loadOrt } from './load-ort.js';
import { LoadedSession } from './loaded-session.js';
import { sumTensors } from './sum-tensors.js';

type Ort = typeof import('onnxruntime-node');
/** Marks the time in which ONNX Runtime blocks the event loop. */
export type Busy = <T>(work: () => Promise<T>) => Promise<T>;

const toWire = (tensor: Tensor): WireTensor => ({ data: tensor.data as WireTensor['data'], shape: tensor.dims });

/** Answers the host's requests, one at a time. */
export class RuntimeService {
  readonly #busy: Busy;
  readonly #sessions = new Map<number, LoadedSession>();
  readonly #handles = new HandleStore();
  readonly #bindings = new BindingStore();
  readonly #garbage = new Garbage();
  #ort: Ort | undefined;
  #device = 'cpu';
  #threads = 0;
  #nextSession = 1;

  constructor(busy: Busy) {
    this.#busy = busy;
  }

  async answer(request: RuntimeRequest): Promise<RuntimeReplies[keyof RuntimeReplies]> {
    switch (request.kind) {
      case 'start':
        return this.#start(request);
      case 'load':
        return this.#load(request);
      case 'bind':
        return this.#bind(request);
      case 'run':
        return this.#run(request);
      case 'unload':
        return this.#unload(request.session);
      case 'release':
        return this.#handles.release(request.handles) as undefined;
      case 'releaseOwner':
        this.#bindings.releaseOwner(request.owner);
        this.#handles.releaseOwner(request.owner);
        return this.#garbage.bound() as undefined;
      case 'memory':
        return this.#memory();
    }
  }

  async close(): Promise<void> {
    for (const id of [...this.#sessions.keys()]) await this.#unload(id);
  }

  async #start(request: StartRequest): Promise<RuntimeReplies['start']> {
    const ort = await loadOrt();
    this.#ort = ort;
    this.#threads = request.threads;
    const chosen = await this.#busy(() => chooseDevice(ort, request.device));
    this.#device = chosen.device;
    return { ...chosen, version: ort.env.versions.node ?? '', devices: ort.listSupportedBackends().map(({ name }) => name) };
  }

  async #load(request: LoadRequest): Promise<RuntimeReplies['load']> {
    // Threads that spin between operators take the cores from the host and from other programs: on a busy machine a run then
    // costs twice the CPU time.
    const extra: Record<string, string> = { 'session.intra_op.allow_spinning': '0' };
    for (const [key, value] of Object.entries(request.config)) extra[key.includes('.') ? key : `session.${key}`] = value;
    if (request.folder) extra['session.model_external_initializers_file_folder_path'] = request.folder;
    // Declared apart for bytes and for a path; ONNX Runtime takes both.
    const model = request.bytes as Uint8Array;
    const session = await this.#busy(() =>
      this.#loaded().InferenceSession.create(model, {
        executionProviders: this.#device === 'cpu' ? ['cpu'] : [this.#device, 'cpu'],
        graphOptimizationLevel: request.optimization,
        intraOpNumThreads: request.threads || this.#threads,
        interOpNumThreads: 1,
        // Planned memory keeps a block per input shape: without it the peak of a convolution net is a quarter lower, at the same speed.
        enableMemPattern: false,
        extra,
      }),
    );
    const id = this.#nextSession++;
    this.#sessions.set(id, new LoadedSession(this.#loaded(), session, request.optional));
    const shapes = session.inputMetadata.map((input) => [input.name, input.isTensor ? input.shape : []] as const);
    return { session: id, inputs: session.inputNames, shapes: Object.fromEntries(shapes) };
  }

  #bind({ feeds, owner }: BindRequest): RuntimeReplies['bind'] {
    const tensors = Object.entries(feeds).map(([name, values]) => [name, this.#whole(name, values)] as const);
    return { binding: this.#bindings.keep(new Map(tensors), owner) };
  }

  async #run(request: RunRequest): Promise<RunReply> {
    const loaded = this.#sessions.get(request.session);
    if (!loaded) throw new Error('the session was freed before');
    const { session } = loaded;
    const bound = request.binding === undefined ? undefined : this.#bindings.get(request.binding);
    const feeds = this.#feeds(loaded, request.feeds, bound);
    const wanted = request.outputs ?? session.outputNames;
    const unknown = [...request.keep, ...wanted].find((name) => !session.outputNames.includes(name));
    if (unknown) throw new Error(`there is no output "${unknown}" to keep; known: ${session.outputNames.join(', ')}`);
    const start = performance.now();
    const results = await this.#busy(() => session.run(feeds, wanted));
    const computeMs = performance.now() - start;
    return { outputs: this.#outputs(results, request), computeMs };
  }

  #outputs(results: InferenceSession.ReturnType, { keep, owner }: RunRequest): Record<string, readonly WireValue[]> {
    const tensors = Object.entries(results) as [string, Tensor][];
    for (const [name, tensor] of tensors)
      if (!keep.includes(name) && tensor.type !== 'float32')
        throw new Error(`output "${name}" is ${tensor.type}: keep it, or cast it to float32 in the graph`);
    return Object.fromEntries(
      tensors.map(([name, tensor]) => [
        name,
        [keep.includes(name) ? { handle: this.#handles.keep(tensor, owner), shape: tensor.dims } : toWire(tensor)],
      ]),
    );
  }

  #feeds(loaded: LoadedSession, fed: RunRequest['feeds'], bound: BoundTensors | undefined): Record<string, Tensor> {
    const { inputNames, inputMetadata } = loaded.session;
    for (const name of Object.keys(fed))
      if (!inputNames.includes(name)) throw new Error(`there is no input "${name}"; known: ${inputNames.join(', ')}`);
    return Object.fromEntries(
      inputMetadata.map((input) => {
        if (!input.isTensor) throw new Error(`input "${input.name}" is not a tensor`);
        const values = fed[input.name];
        const kept = bound?.get(input.name);
        if (!values) return [input.name, kept ?? loaded.left(input.name)];
        if (kept) return [input.name, this.#whole(input.name, [toWire(kept), ...values])];
        return [input.name, this.#whole(input.name, values.length > 0 ? values : [zero(input)])];
      }),
    );
  }

  /** One value, or several added up. */
  #whole(input: string, values: readonly WireValue[]): Tensor {
    const [only] = values;
    if (only && 'handle' in only && values.length === 1) return this.#handles.get(only.handle);
    const tensors = values.map((value) => this.#tensor(value)) as [WireTensor, ...WireTensor[]];
    let sum: WireTensor;
    try {
      sum = sumTensors(tensors);
    } catch (error) {
      throw new Error(`input "${input}": ${(error as Error).message}`);
    }
    const type = sum.data instanceof Float32Array ? 'float32' : 'int64';
    return new (this.#loaded().Tensor)(type, sum.data, sum.shape) as Tensor;
  }

  #tensor(value: WireValue): WireTensor {
    if ('handle' in value) return toWire(this.#handles.get(value.handle));
    if ('data' in value) return value;
    throw new Error('a tensor came without its values');
  }

  async #unload(id: number): Promise<undefined> {
    const loaded = this.#sessions.get(id);
    this.#sessions.delete(id);
    await loaded?.session.release();
  }

  #memory(): RuntimeReplies['memory'] {
    const peakRss = process.resourceUsage().maxRSS * 1024;
    return { rss: process.memoryUsage.rss(), peakRss, handles: this.#handles.size, sessions: this.#sessions.size };
  }

  #loaded(): Ort {
    if (!this.#ort) throw new Error('the runtime was not started');
    return this.#ort;
  }
}

/** What an input without values is fed: one zero, which broadcasts. */
function zero(input: InferenceSession.TensorValueMetadata): WireTensor {
  return { data: input.type === 'int64' ? new BigInt64Array(1) : new Float32Array(1), shape: input.shape.map(() => 1) };
}
