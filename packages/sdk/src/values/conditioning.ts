import type { Tensor } from './tensor.js';

const CONDITIONING = Symbol.for('armature.conditioning');

/** What the text encoder(s) made of prompts: one row a picture. */
export class Conditioning {
  /** Hidden states for cross-attention, [batch, tokens, width]. Tokens is a multiple of 77. */
  readonly crossAttention: Tensor;
  /** Pooled text vector for families that use one, [batch, width]. */
  readonly pooled: Tensor | undefined;

  constructor(crossAttention: Tensor, pooled?: Tensor) {
    if (crossAttention.shape.length !== 3) throw new RangeError(`cross-attention states have 3 dimensions, not [${crossAttention.shape}]`);
    this.crossAttention = crossAttention;
    this.pooled = pooled;
    Object.freeze(this);
  }

  get [CONDITIONING](): true {
    return true;
  }

  with(change: { readonly crossAttention?: Tensor; readonly pooled?: Tensor }): Conditioning {
    return new Conditioning(change.crossAttention ?? this.crossAttention, change.pooled ?? this.pooled);
  }
}

export const isConditioning = (value: unknown): value is Conditioning =>
  typeof value === 'object' && value !== null && CONDITIONING in value;
