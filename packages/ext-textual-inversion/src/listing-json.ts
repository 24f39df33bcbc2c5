import type { EmbeddingListing } from './embedding-shelf.js';
import type { TrainedEmbedding } from './trained-embedding.js';

/** A listing as the webui's `GET /sdapi/v1/embeddings` answers it; what is skipped also says why. */
export function listingJson({ loaded, skipped }: EmbeddingListing): object {
  return {
    loaded: Object.fromEntries(loaded.map(({ trained }) => [trained.name, itemOf(trained)])),
    skipped: Object.fromEntries(
      skipped.map(({ entry, trained, reason }) => [
        trained?.name ?? entry.name,
        { ...itemOf(trained), path: entry.path, code: reason.code, reason: reason.message },
      ]),
    ),
  };
}

const itemOf = (trained: TrainedEmbedding | undefined): object => ({
  step: trained?.step ?? null,
  sd_checkpoint: trained?.checkpointHash ?? null,
  sd_checkpoint_name: trained?.checkpointName ?? null,
  shape: trained?.width ?? 0,
  vectors: trained?.count ?? 0,
});
