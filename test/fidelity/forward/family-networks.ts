import { type DetectedModel, type FeedValue, type GraphPlan, isTensor, type ModelFamilyContribution, type Tensor } from '@armature/sdk';
import { openWeights, readSidecar, type WeightsFile } from '../../../packages/core/src/checkpoint/index.js';
import { emitGraph } from '../../../packages/core/src/graph/index.js';
import { type Runtime, type RuntimeSession, startRuntime } from '../../../packages/core/src/runtime/index.js';
import type { OpenOptions, RunNetwork } from './sd1-networks.js';

/** The networks of a checkpoint of any family, on a runtime of their own. */
export class FamilyNetworks {
  readonly #runtime: Runtime;
  readonly #weights: WeightsFile;
  readonly detected: DetectedModel;

  private constructor(runtime: Runtime, weights: WeightsFile, detected: DetectedModel) {
    this.#runtime = runtime;
    this.#weights = weights;
    this.detected = detected;
  }

  static async start(family: ModelFamilyContribution, checkpoint: string): Promise<FamilyNetworks> {
    const [runtime, weights, sidecar] = await Promise.all([startRuntime({ threads: 1 }), openWeights(checkpoint), readSidecar(checkpoint)]);
    const detected = await family.detect(weights, sidecar);
    if (!detected) throw new Error(`${checkpoint} is not of the family ${family.name}`);
    return new FamilyNetworks(runtime, weights, detected);
  }

  async open(name: string, { sockets = [], variants = {}, wrapModule }: OpenOptions = {}): Promise<RunNetwork> {
    const network = this.detected.networks.find((candidate) => candidate.name === name);
    if (!network) throw new Error(`the checkpoint has no network ${name}`);
    const plan: GraphPlan = { network: name, family: this.detected.family, config: network.config, sockets, variants };
    const graph = await emitGraph({ plan, network, weights: this.#weights, file: this.#weights, wrapModule });
    const session = await this.#runtime.load({ ...graph, label: name }, { threads: 1, optimization: 'all', config: {} });
    return (feeds) => this.#run(session, feeds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime.dispose();
    await this.#weights.close();
  }

  async #run(session: RuntimeSession, feeds: Parameters<RunNetwork>[0]): ReturnType<RunNetwork> {
    const lists = Object.entries(feeds).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]);
    const { outputs } = await this.#runtime.run(session, Object.fromEntries(lists) as Record<string, FeedValue[]>);
    return Object.fromEntries(Object.entries(outputs).filter((entry): entry is [string, Tensor] => isTensor(entry[1])));
  }
}
