import { setImmediate as nextTurn } from 'node:timers/promises';

/** Numbers visited before the event loop gets a turn: some milliseconds. */
const slice = 2 ** 20;

/** Visits the numbers 0…count slice by slice. */
export async function inSlices(count: number, visit: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += slice) {
    visit(from, Math.min(count, from + slice));
    if (from + slice < count) await nextTurn();
  }
}
