import type { OrderLink } from '../api/index.js';

/** Which extension must come before which, and who says so. */
export class OrderLinks {
  readonly #from: ReadonlyMap<string, Map<string, OrderLink>>;

  constructor(ids: readonly string[]) {
    this.#from = new Map(ids.map((id) => [id, new Map<string, OrderLink>()]));
  }

  /** Links with extensions that are not there do not count; the first of two that say the same is kept. */
  add(link: OrderLink): void {
    const { earlier, later } = link;
    const known = this.#from.get(earlier);
    if (this.#from.has(later) && !known?.has(later)) known?.set(later, link);
  }

  joins(earlier: string, later: string): boolean {
    return this.#from.get(earlier)?.has(later) ?? false;
  }

  /** A shortest way with at least one link. */
  between(earlier: string, later: string): readonly OrderLink[] | undefined {
    const queue: (readonly OrderLink[])[] = [[]];
    const seen = new Set<string>();
    for (let way = queue.shift(); way; way = queue.shift()) {
      for (const link of this.#from.get(way.at(-1)?.later ?? earlier)?.values() ?? []) {
        if (link.later === later) return [...way, link];
        if (seen.has(link.later)) continue;
        seen.add(link.later);
        queue.push([...way, link]);
      }
    }
    return undefined;
  }
}
