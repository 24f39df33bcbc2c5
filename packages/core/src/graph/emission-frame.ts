import type { NodeRecord } from './graph-record.js';
import type { OpInput } from './op-input.js';

/** What the builder knows of a value. */
export interface Edge extends OpInput {
  /** Key of the weight it holds; undefined: it is no weight, or one was computed with. */
  readonly key: string | undefined;
}

/** What was emitted into a graph, or into one side of a choice, where what stands outside is seen too. */
export class EmissionFrame {
  readonly nodes: NodeRecord[] = [];
  readonly #outer: EmissionFrame | undefined;
  readonly #edges = new Map<string, Edge>();
  readonly #same = new Map<string, Edge>();

  constructor(outer?: EmissionFrame) {
    this.#outer = outer;
  }

  get isBranch(): boolean {
    return this.#outer !== undefined;
  }

  /** The value was made here, not further out. */
  owns(name: string): boolean {
    return this.#edges.has(name);
  }

  edge(name: string): Edge | undefined {
    return this.#edges.get(name) ?? this.#outer?.edge(name);
  }

  /** Makes a value known here and further in. */
  define(edge: Edge): void {
    this.#edges.set(edge.name, edge);
  }

  /** The value that the same was written down as before. */
  known(what: string): Edge | undefined {
    return this.#same.get(what) ?? this.#outer?.known(what);
  }

  remember(what: string, edge: Edge): void {
    this.#same.set(what, edge);
  }
}
