import type { ModelInfo, WeightsApi } from '@armature/sdk';
import { type ModelModule, modelModules } from './model-modules.js';

/** What of a checkpoint can be changed, and the shapes of its weights by key. */
export interface CheckpointModules {
  readonly modules: ReadonlyMap<string, ModelModule>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** Checkpoints whose lists are kept. */
const most = 4;

/** The lists of the checkpoints that were asked about last. */
export class CheckpointShelf {
  readonly #weights: WeightsApi;
  readonly #known = new Map<string, Promise<CheckpointModules>>();

  constructor(weights: WeightsApi) {
    this.#weights = weights;
  }

  /** @throws HostError CKPT_* */
  of({ path, weightsId }: ModelInfo): Promise<CheckpointModules> {
    const known = this.#known.get(weightsId) ?? this.#read(path);
    this.#known.delete(weightsId);
    this.#known.set(weightsId, known);
    known.catch(() => this.#known.delete(weightsId));
    for (const oldest of [...this.#known.keys()].slice(0, -most)) this.#known.delete(oldest);
    return known;
  }

  async #read(path: string): Promise<CheckpointModules> {
    const weights = await this.#weights.open(path);
    try {
      const shapes = new Map([...weights.keys].map((key) => [key, weights.get(key)?.shape ?? []] as const));
      return { modules: modelModules(weights.keys), shapes };
    } finally {
      await weights.close();
    }
  }
}
