import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type CatalogueApi, type CatalogueEntry, HostError, type ImagesApi, isHostError, isTensor, type WeightsApi } from '@armature/sdk';
import { readPicture } from './read-picture.js';
import { readWeights } from './read-weights.js';
import type { TrainedEmbedding } from './trained-embedding.js';

export interface ShelfTools {
  readonly catalogue: CatalogueApi;
  readonly weights: WeightsApi;
  readonly images: ImagesApi;
}
export interface LoadedEmbedding {
  readonly entry: CatalogueEntry;
  readonly trained: TrainedEmbedding;
}
export interface SkippedEmbedding {
  readonly entry: CatalogueEntry;
  readonly reason: HostError;
  readonly trained?: TrainedEmbedding;
}
export interface EmbeddingListing {
  readonly loaded: readonly LoadedEmbedding[];
  /** Every file that is not used, with the reason. */
  readonly skipped: readonly SkippedEmbedding[];
}

type Outcome = TrainedEmbedding | HostError | undefined;

/** Nothing that is larger is an embedding. */
const largest = 64 * 2 ** 20;
const pictures: ReadonlySet<string> = new Set(['.png', '.webp']);
/** `name.preview.png` shows what an embedding does. */
const preview = /\.preview\.[^.]+$/i;

/** The embeddings folder in memory: a file is read when it is new or has changed, and forgotten when it is gone. */
export class EmbeddingShelf {
  readonly #tools: ShelfTools;
  #read = new Map<string, { readonly stamp: string; readonly outcome: Promise<Outcome> }>();

  constructor(tools: ShelfTools) {
    this.#tools = tools;
  }

  /** The folder as it is now. `width`: of the vectors the model takes; undefined: any. */
  async look(width: number | undefined): Promise<EmbeddingListing> {
    await this.#tools.catalogue.refresh('embedding');
    return this.listing(width);
  }

  /** The folder as the catalogue has it. */
  async listing(width: number | undefined): Promise<EmbeddingListing> {
    const entries = (await this.#tools.catalogue.list('embedding')).filter(({ path }) => !preview.test(path));
    const loaded = new Map<string, LoadedEmbedding>();
    const skipped: SkippedEmbedding[] = [];
    for (const entry of entries) {
      const trained = await this.#outcome(entry);
      if (trained === undefined) continue;
      if (isHostError(trained)) skipped.push({ entry, reason: trained });
      else if (width !== undefined && trained.width !== width) skipped.push({ entry, trained, reason: wrongWidth(entry, trained, width) });
      else {
        const twin = loaded.get(trained.name);
        if (twin) skipped.push({ ...twin, reason: unfitOf(twin.entry, `${entry.path} has the same name and counts in its place`) });
        loaded.set(trained.name, { entry, trained });
      }
    }
    this.#forgetAllBut(entries);
    return { loaded: [...loaded.values()], skipped };
  }

  /** What one file holds, wherever it lies: undefined for a plain picture, an error for what cannot be used. */
  read(entry: CatalogueEntry): Promise<Outcome> {
    return this.#open(entry).catch((error: unknown) => (isHostError(error) ? error : unfitOf(entry, String(error))));
  }

  #outcome(entry: CatalogueEntry): Promise<Outcome> {
    const stamp = `${entry.bytes} ${entry.modified}`;
    const known = this.#read.get(entry.path);
    if (known?.stamp === stamp) return known.outcome;
    const outcome = this.read(entry);
    this.#read.set(entry.path, { stamp, outcome });
    return outcome;
  }

  async #open(entry: CatalogueEntry): Promise<Outcome> {
    const { path, bytes } = entry;
    const { weights, images } = this.#tools;
    if (bytes === 0) return unfitOf(entry, 'it is empty');
    if (bytes > largest) return unfitOf(entry, `it has ${bytes} bytes, more than any embedding`);
    if (pictures.has(extname(path).toLowerCase())) return readPicture(entry, await readFile(path), images);
    const file = await weights.open(path);
    try {
      return await readWeights(entry, file);
    } finally {
      await file.close();
    }
  }

  #forgetAllBut(entries: readonly CatalogueEntry[]): void {
    const paths = new Set(entries.map(({ path }) => path));
    for (const path of this.#read.keys()) if (!paths.has(path)) this.#read.delete(path);
  }
}

const unfitOf = ({ path }: CatalogueEntry, problem: string): HostError => new HostError('EMBEDDING_UNFIT', { path, problem });

function wrongWidth(entry: CatalogueEntry, { width, vectors }: TrainedEmbedding, wanted: number): HostError {
  const pair = isTensor(vectors) ? '' : ' for two encoders together';
  return unfitOf(entry, `its vectors have ${width} numbers${pair}, the model's text encoder takes ${wanted}`);
}
