import type { OrderLink } from '../api/index.js';
import type { Manifest } from './manifest.js';
import { OrderLinks } from './order-links.js';

export interface ExtensionOrder {
  readonly ordered: readonly string[];
  /** Ids that wait for themselves, with the way round: `a → b → a`. */
  readonly cycles: ReadonlyMap<string, string>;
  /** Pairs of the configuration's `order` that what the extensions say forbids. */
  readonly ignored: readonly string[];
  /** What puts one extension before another, link by link; undefined when nothing does. */
  between(earlier: string, later: string): readonly OrderLink[] | undefined;
}

/**
 * Sorts extensions so that `requires` and `after` come first and `before` comes later; ties are settled by id. A pair of
 * neighbours in `order` counts like a soft wish, where the extensions themselves do not say the opposite.
 */
export function orderExtensions(manifests: readonly Manifest[], order: readonly string[] = []): ExtensionOrder {
  const ids = manifests.map((manifest) => manifest.id).sort();
  const links = new OrderLinks(ids);
  for (const { id, requires, after, before } of manifests) {
    for (const earlier of requires) links.add({ earlier, later: id, rule: 'requires' });
    for (const earlier of after) links.add({ earlier, later: id, rule: 'after' });
    for (const later of before) links.add({ earlier: id, later, rule: 'before' });
  }
  const cycles = new Map<string, string>();
  for (const id of ids) {
    const way = links.between(id, id);
    if (way) cycles.set(id, [id, ...way.map(({ later }) => later)].join(' → '));
  }
  const ignored: string[] = [];
  const wished = order.filter((id) => ids.includes(id) && !cycles.has(id));
  for (const [index, id] of wished.entries()) {
    const next = wished[index + 1];
    if (next === undefined || next === id) continue;
    if (links.between(next, id)) ignored.push(`${id} → ${next}`);
    else links.add({ earlier: id, later: next, rule: 'order' });
  }
  const able = ids.filter((id) => !cycles.has(id));
  return { ordered: sorted(able, links), cycles, ignored, between: (earlier, later) => links.between(earlier, later) };
}

function sorted(ids: readonly string[], links: OrderLinks): readonly string[] {
  const left = [...ids];
  const ordered: string[] = [];
  while (left.length > 0) {
    const next = left.findIndex((id) => !left.some((other) => links.joins(other, id)));
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}
