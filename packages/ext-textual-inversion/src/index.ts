import {
  CATALOGUE,
  type CatalogueApi,
  defineExtension,
  type ExtensionDefinition,
  IMAGES,
  isTensor,
  type Logger,
  type TextEmbedding,
  type TextEncoderScope,
  WEIGHTS,
} from '@armature/sdk';
import { describeEmbedding } from './describe-embedding.js';
import { type EmbeddingListing, EmbeddingShelf, type LoadedEmbedding } from './embedding-shelf.js';
import { listingJson } from './listing-json.js';

/** Digits of a file's SHA-256 in parameters. */
const digits = 12;

/** Typed without its schemas, so that who imports it needs no zod. */
const textualInversion: ExtensionDefinition = defineExtension({
  setup({ contribute, use, log }) {
    const catalogue = use(CATALOGUE);
    const shelf = new EmbeddingShelf({ catalogue, weights: use(WEIGHTS), images: use(IMAGES) });
    const tell = skippedTeller(log);
    /** Of the model at work last; undefined before the first job. */
    let width: number | undefined;

    contribute.modelFolder({ name: 'embedding', folders: ['embeddings'], extensions: ['.png', '.webp'] });
    contribute.embedding({
      name: 'textual-inversion',
      async list(ctx) {
        width = ctx.width;
        const listing = await shelf.look(width);
        tell(listing);
        return listing.loaded.flatMap((loaded) => wordOf(loaded, ctx, catalogue));
      },
    });
    contribute.modelReader({ name: 'embedding', describe: (file) => describeEmbedding(shelf, file, width) });
    catalogue.onChange(async (kinds) => {
      if (kinds.includes('embedding')) tell(await shelf.look(width));
    });
    contribute.route({
      name: 'GET /sdapi/v1/embeddings',
      handle: async () => Response.json(listingJson(await shelf.look(width))),
    });
    contribute.route({
      name: 'POST /sdapi/v1/refresh-embeddings',
      handle: async () => {
        tell(await shelf.look(width));
        return Response.json(null);
      },
    });
  },
});

export default textualInversion;

/** Vectors may fit all encoders together and not one by one: such a word is not one of this model. */
function wordOf(
  { entry, trained: { name, vectors } }: LoadedEmbedding,
  ctx: TextEncoderScope,
  catalogue: CatalogueApi,
): readonly TextEmbedding[] {
  const of = (encoder: string) =>
    isTensor(vectors) ? vectors : encoder === 'clip_l' || encoder === 'clip_g' ? vectors[encoder] : undefined;
  const fits = ctx.encoders.every((encoder) => of(encoder.name)?.shape[1] === encoder.width);
  return fits ? [{ name, vectors, hash: async () => (await catalogue.hash(entry)).slice(0, digits) }] : [];
}

/** Warns of each file that is skipped, once for each reason. */
function skippedTeller(log: Logger): (listing: EmbeddingListing) => void {
  const told = new Set<string>();
  return ({ skipped }) => {
    for (const { reason } of skipped) {
      if (told.has(reason.message)) continue;
      told.add(reason.message);
      log.warn(reason.message, { code: reason.code });
    }
  };
}
