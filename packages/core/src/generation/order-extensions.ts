import type { Manifest } from './manifest.js';

export interface ExtensionOrder {
  readonly ordered: readonly string[];
  /** Ids that wait for themselves, with the way round: `a → b → a`. */
  readonly cycles: ReadonlyMap<string, string>;
  /** Pairs of the configuration's `order` that what the extensions say forbids. */
  readonly ignored: readonly string[];
}

/**
 * Sorts extensions so that `requires` and `after` come first and `before` comes later; ties are settled by id. A pair of
 * neighbours in `order` counts like a soft wish, where the extensions themselves do not say the opposite.
 */
export function orderExtensions(manifests: readonly Manifest[], order: readonly string[] = []): ExtensionOrder {
  const ids = manifests.map((manifest) => manifest.id).sort();
  const successors = new Map<string, Set<string>>(ids.map((id) => [id, new Set<string>()]));
  for (const { id, requires, after, before } of manifests) {
    for (const earlier of [...requires, ...after]) successors.get(earlier)?.add(id);
    for (const later of before) if (successors.has(later)) successors.get(id)?.add(later);
  }
  const cycles = new Map<string, string>();
  for (const id of ids) {
    const way = pathBetween(successors, id, id);
    if (way) cycles.set(id, way.join(' → '));
  }
  const ignored: string[] = [];
  const wished = order.filter((id) => successors.has(id) && !cycles.has(id));
  for (const [index, id] of wished.entries()) {
    const next = wished[index + 1];
    if (next === undefined || next === id) continue;
    if (pathBetween(successors, next, id)) ignored.push(`${id} → ${next}`);
    else successors.get(id)?.add(next);
  }
  return {
    ordered: sorted(
      ids.filter((id) => !cycles.has(id)),
      successors,
    ),
    cycles,
    ignored,
  };
}

function sorted(ids: readonly string[], successors: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const left = [...ids];
  const ordered: string[] = [];
  while (left.length > 0) {
    const next = left.findIndex((id) => !left.some((other) => successors.get(other)?.has(id)));
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

/** A shortest way with at least one step, both ends included. */
function pathBetween(successors: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): readonly string[] | undefined {
  const queue: (readonly string[])[] = [[from]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path; path = queue.shift()) {
    for (const next of successors.get(path.at(-1) as string) ?? []) {
      if (next === to) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return undefined;
}
