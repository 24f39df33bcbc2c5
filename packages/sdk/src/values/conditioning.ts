import type { Tensor } from './tensor.js';

const CONDITIONING = Symbol.for('armature.conditioning');

/** What the text encoder(s) made of prompts: one row a picture. */
export class Conditioning {
  /** Hidden states for cross-attention, [batch, tokens, width]. Tokens is a multiple of 77. */
  readonly crossAttention: Tensor;
  /** What the network is told beside the text, [batch, width]: SDXL's vector text, sizes and scores. Families without one have none. */
  readonly vector: Tensor | undefined;

  constructor(crossAttention: Tensor, vector?: Tensor) {
    if (crossAttention.shape.length !== 3) throw new RangeError(`cross-attention states have 3 dimensions, not [${crossAttention.shape}]`);
    this.crossAttention = crossAttention;
    this.vector = vector;
    Object.freeze(this);
  }

  /** These rows, then others. A vector stays only where both have one. */
  concat(...others: readonly Conditioning[]): Conditioning {
    const vectors = [this, ...others].flatMap(({ vector }) => vector ?? []);
    const [first, ...rest] = vectors;
    const vector = first && rest.length === others.length ? first.concat(...rest) : undefined;
    return new Conditioning(this.crossAttention.concat(...others.map(({ crossAttention }) => crossAttention)), vector);
  }

  get [CONDITIONING](): true {
    return true;
  }

  with(change: { readonly crossAttention?: Tensor; readonly vector?: Tensor }): Conditioning {
    return new Conditioning(change.crossAttention ?? this.crossAttention, change.vector ?? this.vector);
  }
}

export const isConditioning = (value: unknown): value is Conditioning =>
  typeof value === 'object' && value !== null && CONDITIONING in value;
