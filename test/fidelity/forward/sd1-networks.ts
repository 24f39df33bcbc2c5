import { fileURLToPath } from 'node:url';
import { type EmitFn, type FeedValue, type GraphPlan, isTensor, type Socket, type Tensor } from '@armature/sdk';
import { openWeights, readSidecar, type WeightsFile } from '../../../packages/core/src/checkpoint/index.js';
import { sd1Family } from '../../../packages/core/src/families/index.js';
import { emitGraph } from '../../../packages/core/src/graph/index.js';
import { type Runtime, type RuntimeSession, startRuntime } from '../../../packages/core/src/runtime/index.js';

export const tinyCheckpoint = fileURLToPath(new URL('../models/Stable-diffusion/tiny-random-sd1.safetensors', import.meta.url));

export interface OpenOptions {
  readonly sockets?: readonly Socket[];
  readonly variants?: GraphPlan['variants'];
  readonly wrapModule?: (path: string, emit: EmitFn) => EmitFn;
}

/** A loaded network; feeds and outputs by name. */
export type RunNetwork = (feeds: Readonly<Record<string, FeedValue | readonly FeedValue[]>>) => Promise<Readonly<Record<string, Tensor>>>;

/** The networks of a checkpoint, the tiny reference one by default, on a runtime of their own. */
export class Sd1Networks {
  readonly #runtime: Runtime;
  readonly #weights: WeightsFile;
  readonly #detected;

  private constructor(runtime: Runtime, weights: WeightsFile, detected: ReturnType<typeof sd1Family.detect>) {
    this.#runtime = runtime;
    this.#weights = weights;
    this.#detected = detected;
  }

  static async start(checkpoint = tinyCheckpoint): Promise<Sd1Networks> {
    const [runtime, weights, sidecar] = await Promise.all([startRuntime({ threads: 1 }), openWeights(checkpoint), readSidecar(checkpoint)]);
    return new Sd1Networks(runtime, weights, sd1Family.detect(weights, sidecar));
  }

  async open(name: string, { sockets = [], variants = {}, wrapModule }: OpenOptions = {}): Promise<RunNetwork> {
    const network = this.#detected?.networks.find((candidate) => candidate.name === name);
    if (!network) throw new Error(`the checkpoint has no network ${name}`);
    const plan: GraphPlan = { network: name, family: 'sd1', config: network.config, sockets, variants };
    const graph = await emitGraph({ plan, network, weights: this.#weights, file: this.#weights, wrapModule });
    const session = await this.#runtime.load({ ...graph, label: name }, { threads: 1, optimization: 'all', config: {} });
    return (feeds) => this.#run(session, feeds);
  }

  async stop(): Promise<void> {
    await this.#runtime.dispose();
    await this.#weights.close();
  }

  async #run(session: RuntimeSession, feeds: Parameters<RunNetwork>[0]): ReturnType<RunNetwork> {
    const lists = Object.entries(feeds).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]);
    const { outputs } = await this.#runtime.run(session, Object.fromEntries(lists) as Record<string, FeedValue[]>);
    return Object.fromEntries(Object.entries(outputs).filter((entry): entry is [string, Tensor] => isTensor(entry[1])));
  }
}
