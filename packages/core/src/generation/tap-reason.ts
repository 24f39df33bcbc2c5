import type { TapReason } from '../api/index.js';
import type { TapRecord } from '../hooks/index.js';
import type { ExtensionOrder } from './order-extensions.js';

/** Why `tap` is called after `before`, which is called right before it. */
export function tapReason(before: TapRecord | undefined, tap: TapRecord, order: ExtensionOrder): TapReason {
  if (!before) return { rule: 'first', links: [] };
  if (before.stage !== tap.stage) return { rule: 'stage', links: [] };
  const [earlier, later] = [before.seat.id, tap.seat.id];
  if (earlier === later) return { rule: 'setup', links: [] };
  const links = order.between(earlier, later);
  if (links) return { rule: 'links', links };
  if (earlier < later) return { rule: 'id', links: [] };
  const between = order.ordered.slice(order.ordered.indexOf(earlier) + 1, order.ordered.indexOf(later));
  const awaited = between.map((id) => order.between(id, later)).findLast((way) => way !== undefined);
  return { rule: 'waits', links: awaited ?? [] };
}
