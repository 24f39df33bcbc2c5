import type { Tensor } from '@armature/sdk';

/** What one prompt is encoded to up to the denoiser call `end`, that call included: [1, tokens, width]. */
export interface EncodedPiece {
  readonly end: number;
  readonly hidden: Tensor;
}

/** The rows of one side of a batch over the denoiser calls. */
export interface ConditionTimeline {
  /** Different sets of rows, in order of first use. */
  readonly moments: readonly (readonly Tensor[])[];
  /** Index into `moments` for each 0-based call. After the last the first holds, as in the reference. */
  readonly calls: readonly number[];
}

/** Schedules of the rows → what holds when. Plain prompts have one moment. */
export function conditionTimeline(rows: readonly (readonly EncodedPiece[])[]): ConditionTimeline {
  const last = Math.max(0, ...rows.map((pieces) => (pieces.length > 1 ? (pieces.at(-1)?.end ?? 0) : 0)));
  const moments: (readonly Tensor[])[] = [];
  const known = new Map<string, number>();
  const numbers = new Map<Tensor, number>();
  const calls: number[] = [];
  for (let call = 0; call <= last; call++) {
    const hidden = rows.map((pieces) => inForce(pieces, call));
    for (const tensor of hidden) if (!numbers.has(tensor)) numbers.set(tensor, numbers.size);
    const key = hidden.map((tensor) => numbers.get(tensor)).join();
    const moment = known.get(key) ?? moments.push(hidden) - 1;
    known.set(key, moment);
    calls.push(moment);
  }
  return { moments, calls };
}

/** The first piece that has not ended; the first of all once every piece has (`reconstruct_cond_batch`). */
function inForce(pieces: readonly EncodedPiece[], call: number): Tensor {
  return ((pieces.find(({ end }) => call <= end) ?? pieces[0]) as EncodedPiece).hidden;
}
