import type { Tensor } from 'onnxruntime-node';

/** Tensors that stay on this side, each with an owner. */
export class HandleStore {
  readonly #kept = new Map<number, { readonly tensor: Tensor; readonly owner: string }>();
  #next = 1;

  get size(): number {
    return this.#kept.size;
  }

  keep(tensor: Tensor, owner: string): number {
    const id = this.#next++;
    this.#kept.set(id, { tensor, owner });
    return id;
  }

  /** @throws Error when it was released before. */
  get(id: number): Tensor {
    const kept = this.#kept.get(id);
    if (!kept) throw new Error(`kept tensor ${id} was released before; compute it again`);
    return kept.tensor;
  }

  release(ids: readonly number[]): void {
    for (const id of ids) this.#kept.delete(id);
  }

  releaseOwner(owner: string): void {
    for (const [id, kept] of this.#kept) if (kept.owner === owner) this.#kept.delete(id);
  }
}
