import type { Conditioning } from '@armature/sdk';

/** Rows of the positive prompts, then of the negative ones. The last pair is remembered: most runs have only one. */
export class JoinedConditioning {
  #positive: Conditioning | undefined;
  #negative: Conditioning | undefined;
  #rows: Conditioning | undefined;

  of(positive: Conditioning, negative: Conditioning): Conditioning {
    if (this.#rows && this.#positive === positive && this.#negative === negative) return this.#rows;
    this.#positive = positive;
    this.#negative = negative;
    this.#rows = positive.concat(negative);
    return this.#rows;
  }
}
