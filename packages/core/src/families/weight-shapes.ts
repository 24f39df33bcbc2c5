import { HostError, type WeightMap } from '@armature/sdk';

/** Reads dimensions from a checkpoint's tensor shapes; what is not as expected becomes a CKPT_* error. */
export class WeightShapes {
  readonly path: string;
  readonly #weights: WeightMap;

  constructor(weights: WeightMap) {
    this.#weights = weights;
    const anyKey = weights.keys.values().next().value;
    this.path = (anyKey === undefined ? undefined : weights.get(anyKey)?.stored?.path) ?? 'the checkpoint';
  }

  has(key: string): boolean {
    return this.#weights.keys.has(key);
  }

  hasPrefix(prefix: string): boolean {
    for (const key of this.#weights.keys) if (key.startsWith(prefix)) return true;
    return false;
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

  /** How many of `prefix + 0 + suffix`, `prefix + 1 + suffix`, … exist in a row. */
  count(prefix: string, suffix: string): number {
    let count = 0;
    while (this.has(`${prefix}${count}${suffix}`)) count++;
    return count;
  }

  config(problem: string): never {
    throw new HostError('CKPT_CONFIG', { path: this.path, problem });
  }
}
