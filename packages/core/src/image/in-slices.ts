import { setImmediate as nextTurn } from 'node:timers/promises';

/** Steps done before the event loop gets a turn: some milliseconds of pixel arithmetic. */
const SLICE = 500_000;

/** Does `work` over 0 ≤ i < `length` in pieces, so that a large picture does not hold the event loop up. `cost`: steps each i takes. */
export async function inSlices(length: number, work: (start: number, end: number) => void, cost = 1): Promise<void> {
  const slice = Math.max(1, Math.floor(SLICE / cost));
  for (let start = 0; start < length; start += slice) {
    if (start > 0) await nextTurn();
    work(start, Math.min(length, start + slice));
  }
}
