/** Rank of a pair of symbols, `left right`; undefined: the pair is never merged. */
export type PairRanks = ReadonlyMap<string, number>;

interface Candidate {
  readonly rank: number;
  readonly position: number;
  readonly left: string;
  readonly right: string;
}

/**
 * Byte-pair encoding of one word: merges the pair of lowest rank, leftmost first, until none is left. A heap of
 * candidates keeps long words (scripts without spaces) at n log n.
 */
export function mergePairs(symbols: readonly string[], ranks: PairRanks): readonly string[] {
  const parts: (string | undefined)[] = [...symbols];
  const next = parts.map((_, i) => i + 1);
  const previous = parts.map((_, i) => i - 1);
  const heap = new CandidateHeap();
  const offer = (position: number): void => {
    const left = parts[position];
    const right = parts[next[position] as number];
    const rank = left === undefined || right === undefined ? undefined : ranks.get(`${left} ${right}`);
    if (rank !== undefined) heap.push({ rank, position, left: left as string, right: right as string });
  };
  for (let i = 0; i + 1 < parts.length; i++) offer(i);
  for (let best = heap.pop(); best; best = heap.pop()) {
    const { position, left, right } = best;
    const after = next[position] as number;
    if (parts[position] !== left || parts[after] !== right) continue;
    parts[position] = left + right;
    parts[after] = undefined;
    const beyond = next[after] as number;
    next[position] = beyond;
    if (beyond < parts.length) previous[beyond] = position;
    offer(position);
    if ((previous[position] as number) >= 0) offer(previous[position] as number);
  }
  return parts.filter((part) => part !== undefined);
}

/** Binary heap, lowest rank and then leftmost position on top. */
class CandidateHeap {
  readonly #items: Candidate[] = [];

  push(item: Candidate): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, items[parent] as Candidate)) break;
      items[at] = items[parent] as Candidate;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Candidate | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0 && last) this.#sink(last);
    return top;
  }

  #sink(item: Candidate): void {
    const items = this.#items;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      const other = items[child + 1];
      if (other && isBefore(other, items[child] as Candidate)) child++;
      if (!isBefore(items[child] as Candidate, item)) break;
      items[at] = items[child] as Candidate;
      at = child;
    }
    items[at] = item;
  }
}

const isBefore = (a: Candidate, b: Candidate): boolean => a.rank < b.rank || (a.rank === b.rank && a.position < b.position);
