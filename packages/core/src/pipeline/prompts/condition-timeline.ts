/** What one prompt is encoded to up to the denoiser call `end`, that call included. */
export interface EncodedPiece<T> {
  readonly end: number;
  readonly row: T;
}

/** The rows of one side of a batch over the denoiser calls. */
export interface ConditionTimeline<T> {
  /** Different sets of rows, in order of first use. */
  readonly moments: readonly (readonly T[])[];
  /** Index into `moments` for each 0-based call. After the last the first holds, as in the reference. */
  readonly calls: readonly number[];
}

/** Schedules of the rows → what holds when. Plain prompts have one moment. Rows are the same when they are one object. */
export function conditionTimeline<T extends object>(rows: readonly (readonly EncodedPiece<T>[])[]): ConditionTimeline<T> {
  const last = Math.max(0, ...rows.map((pieces) => (pieces.length > 1 ? (pieces.at(-1)?.end ?? 0) : 0)));
  const moments: (readonly T[])[] = [];
  const known = new Map<string, number>();
  const numbers = new Map<T, number>();
  const calls: number[] = [];
  for (let call = 0; call <= last; call++) {
    const held = rows.map((pieces) => inForce(pieces, call));
    for (const row of held) if (!numbers.has(row)) numbers.set(row, numbers.size);
    const key = held.map((row) => numbers.get(row)).join();
    const moment = known.get(key) ?? moments.push(held) - 1;
    known.set(key, moment);
    calls.push(moment);
  }
  return { moments, calls };
}

/** The first piece that has not ended; the first of all once every piece has (`reconstruct_cond_batch`). */
function inForce<T>(pieces: readonly EncodedPiece<T>[], call: number): T {
  return ((pieces.find(({ end }) => call <= end) ?? pieces[0]) as EncodedPiece<T>).row;
}
