import { isTensor, type Tensor, type TextEmbedding } from '@armature/sdk';

/** The vectors of an embedding for one text encoder; undefined: it has none for it. */
export function vectorsFor({ vectors }: Pick<TextEmbedding, 'vectors'>, encoder: string): Tensor | undefined {
  return isTensor(vectors) ? vectors : vectors[encoder];
}

/** How many places an embedding takes, whatever the encoder. */
export function vectorCount({ vectors }: Pick<TextEmbedding, 'vectors'>): number {
  const first = isTensor(vectors) ? vectors : Object.values(vectors)[0];
  return first?.shape[0] ?? 0;
}
