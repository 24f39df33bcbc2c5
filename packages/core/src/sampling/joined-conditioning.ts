import { Conditioning } from '@armature/sdk';

/** Rows of the positive prompts, then of the negative ones. The last pair is remembered: most runs have only one. */
export class JoinedConditioning {
  #positive: Conditioning | undefined;
  #negative: Conditioning | undefined;
  #rows: Conditioning | undefined;

  of(positive: Conditioning, negative: Conditioning): Conditioning {
    if (this.#rows && this.#positive === positive && this.#negative === negative) return this.#rows;
    this.#positive = positive;
    this.#negative = negative;
    this.#rows = join(positive, negative);
    return this.#rows;
  }
}

function join(positive: Conditioning, negative: Conditioning): Conditioning {
  const crossAttention = positive.crossAttention.concat(negative.crossAttention);
  const pooled = positive.pooled && negative.pooled ? positive.pooled.concat(negative.pooled) : undefined;
  return pooled ? new Conditioning(crossAttention, pooled) : new Conditioning(crossAttention);
}
