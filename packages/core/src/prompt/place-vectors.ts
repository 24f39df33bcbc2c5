import { type PromptChunk, Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import type { EmbeddingLookup } from './embedding-lookup.js';
import { vectorsFor } from './vectors-for.js';

/**
 * Token embeddings of a chunk, [1, 77, width], with the vectors of its embeddings in their places; what reaches beyond the chunk
 * is cut off (the webui's `EmbeddingsWithFixes`). Names that are not known, or have none
 * for the encoder, are left alone.
 */
export function placeVectors(looked: Tensor, { embeddings }: PromptChunk, lookup: EmbeddingLookup, encoder: string): Tensor {
  const known = embeddings.flatMap(({ name, offset }) => {
    const embedding = lookup.get(name);
    const vectors = embedding && vectorsFor(embedding, encoder);
    return vectors ? [{ vectors, offset }] : [];
  });
  if (known.length === 0) return looked;
  const [, places = 0, width = 0] = looked.shape;
  const data = Float32Array.from(viewOf(looked));
  for (const { vectors, offset } of known) {
    const rows = Math.min(vectors.shape[0] as number, places - offset);
    if (offset >= 0 && rows > 0 && vectors.shape[1] === width) data.set(viewOf(vectors).subarray(0, rows * width), offset * width);
  }
  return new Tensor(owned(data), looked.shape);
}
