import type { WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';

/** Reads dimensions from a checkpoint's tensor shapes; what is not as expected becomes a CKPT_* error. */
export class WeightShapes {
  readonly path: string;
  readonly #weights: WeightMap;
  /** Names directly below each module. */
  readonly #modules = new Map<string, Set<string>>();

  constructor(weights: WeightMap) {
    this.#weights = weights;
    const anyKey = weights.keys.values().next().value;
    for (const key of weights.keys) this.#index(key);
    this.path = (anyKey === undefined ? undefined : weights.get(anyKey)?.stored?.path) ?? 'the checkpoint';
  }

  has(key: string): boolean {
    return this.#weights.keys.has(key);
  }

  /** Whether any tensor lies below a module such as `first_stage_model.encoder`. */
  hasModule(path: string): boolean {
    return this.#modules.has(path);
  }

  /**
   * How many numbered modules there are below one: the highest number and one. A gap counts as a module that lacks its
   * tensors, so that a broken file is found out and not read as a smaller network.
   */
  countModules(path: string): number {
    const numbers = [...(this.#modules.get(path) ?? [])].filter((name) => /^\d{1,3}$/.test(name)).map(Number);
    return Math.max(-1, ...numbers) + 1;
  }

  /** Length of one axis. @throws HostError CKPT_KEY_MISSING, CKPT_SHAPE_MISMATCH. */
  length(key: string, axis: number, rank: number, module: string): number {
    const shape = this.#weights.get(key)?.shape;
    if (!shape) throw new HostError('CKPT_KEY_MISSING', { path: this.path, key, module });
    const length = shape[axis];
    if (shape.length !== rank || !length) {
      throw new HostError('CKPT_SHAPE_MISMATCH', { path: this.path, key, found: shape.join(','), expected: `${rank} axes, none empty` });
    }
    return length;
  }

  /** Number of axes. @throws HostError CKPT_KEY_MISSING. */
  rank(key: string, module: string): number {
    const shape = this.#weights.get(key)?.shape;
    if (!shape) throw new HostError('CKPT_KEY_MISSING', { path: this.path, key, module });
    return shape.length;
  }

  config(problem: string): never {
    throw new HostError('CKPT_CONFIG', { path: this.path, problem });
  }

  #index(key: string): void {
    for (let dot = key.lastIndexOf('.'), end = key.length; dot > 0; end = dot, dot = key.lastIndexOf('.', dot - 1)) {
      const path = key.slice(0, dot);
      const known = this.#modules.get(path);
      const name = key.slice(dot + 1, end);
      if (known?.has(name)) return;
      if (known) known.add(name);
      else this.#modules.set(path, new Set([name]));
    }
  }
}
