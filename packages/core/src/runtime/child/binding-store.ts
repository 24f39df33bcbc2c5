import type { Tensor } from 'onnxruntime-node';

export type BoundTensors = ReadonlyMap<string, Tensor>;

/** Values for inputs that many runs share, each set with an owner. */
export class BindingStore {
  readonly #kept = new Map<number, { readonly tensors: BoundTensors; readonly owner: string }>();
  #next = 1;

  keep(tensors: BoundTensors, owner: string): number {
    const id = this.#next++;
    this.#kept.set(id, { tensors, owner });
    return id;
  }

  /** @throws Error when its owner has ended. */
  get(id: number): BoundTensors {
    const kept = this.#kept.get(id);
    if (!kept) throw new Error(`the values of binding ${id} were released before`);
    return kept.tensors;
  }

  releaseOwner(owner: string): void {
    for (const [id, kept] of this.#kept) if (kept.owner === owner) this.#kept.delete(id);
  }
}
