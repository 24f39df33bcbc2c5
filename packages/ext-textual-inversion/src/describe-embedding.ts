import { type CatalogueEntry, isHostError, isTensor, type ModelDescription, type ModelProblem } from '@armature/sdk';
import type { EmbeddingShelf } from './embedding-shelf.js';
import type { TrainedEmbedding } from './trained-embedding.js';

/** Widths of text encoders: CLIP ViT-L, OpenCLIP ViT-H, and both of SDXL together. */
const bases: Readonly<Record<number, string>> = { 768: 'SD 1.x', 1024: 'SD 2.x', 2048: 'SDXL' };

/** What an embedding's file holds. `width`: of the vectors that the model at work takes. @throws HostError EMBEDDING_UNFIT, CKPT_* */
export async function describeEmbedding(
  shelf: EmbeddingShelf,
  entry: CatalogueEntry,
  width: number | undefined,
): Promise<ModelDescription> {
  const held = await heldBy(shelf, entry, width);
  if (!held) return { format: 'picture without an embedding' };
  const { name, count, width: numbers, vectors, step, checkpointName, checkpointHash } = held.trained;
  return {
    format: isTensor(vectors) ? 'textual inversion' : 'textual inversion for two text encoders',
    ...(bases[numbers] !== undefined && { base: bases[numbers] }),
    triggers: [{ word: name }],
    facts: {
      vectors: count,
      width: numbers,
      ...(step !== undefined && { step }),
      ...(checkpointName !== undefined && { 'trained on': checkpointName }),
      ...(checkpointHash !== undefined && { 'trained on the hash': checkpointHash }),
    },
    problems: held.problems,
  };
}

interface Held {
  readonly trained: TrainedEmbedding;
  readonly problems: readonly ModelProblem[];
}

/** A file of the folder is seen among the others: of two with one name one counts. Undefined: a plain picture. */
async function heldBy(shelf: EmbeddingShelf, entry: CatalogueEntry, width: number | undefined): Promise<Held | undefined> {
  const { skipped } = await shelf.listing(width);
  const left = skipped.find((one) => one.entry.path === entry.path);
  const trained = left?.trained ?? left?.reason ?? (await shelf.read(entry));
  if (isHostError(trained)) throw trained;
  if (!trained) return undefined;
  return { trained, problems: left ? [{ code: left.reason.code, message: left.reason.message }] : [] };
}
