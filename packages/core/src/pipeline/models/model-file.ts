import { readFile } from 'node:fs/promises';
import { type CatalogueEntry, type Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type Catalogue, measureModel, modelStem, openWeights, readSidecar, type Sidecar, type WeightsFile } from '../../checkpoint/index.js';
import type { Generation } from '../../generation/index.js';
import { type LinearPreview, linearPreviewSchema } from '../sampling/linear-preview.js';
import type { LoadedModel } from './loaded-model.js';
import type { SharedFile } from './open-files.js';
import { quietHash } from './quiet-hash.js';

/** What an opened checkpoint is made of, whatever extensions say of it. */
export interface ModelParts {
  readonly weights: WeightsFile;
  readonly sidecar: Sidecar | undefined;
  /** A linear preview that stands beside the file. */
  readonly preview: LinearPreview | undefined;
  readonly hash: Promise<string | undefined>;
}

/** One state of one checkpoint file, from the moment it is asked for. */
export class ModelFile implements SharedFile {
  readonly path: string;
  /** Size and time it was opened with: another state is another model. */
  readonly state: string;
  readonly parts: Promise<ModelParts>;
  /** Families are contributions, so each generation detects the model itself. */
  readonly byGeneration = new WeakMap<Generation, Promise<LoadedModel>>();
  users = 0;

  constructor(entry: CatalogueEntry, state: string, catalogue: Catalogue, log: Logger) {
    this.path = entry.path;
    this.state = state;
    this.parts = openParts(entry, catalogue, log);
  }
}

/** Size and time of a file as it is now; one that cannot be looked at has a state of its own, and opening it says why. */
export async function fileState(path: string): Promise<string> {
  const size = await measureModel(path);
  return size ? stateOf(size.bytes, size.modified) : 'unreadable';
}

export const stateOf = (bytes: number, modified: number): string => `${bytes}|${modified}`;

async function openParts(entry: CatalogueEntry, catalogue: Catalogue, log: Logger): Promise<ModelParts> {
  const weights = await openWeights(entry.path);
  try {
    const sidecar = await readSidecar(entry.path);
    const preview = await readPreview(entry.path);
    return { weights, sidecar, preview, hash: quietHash(catalogue, entry, log) };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/** A linear preview trained for the checkpoint stands beside it as `<name>.preview.json`. */
async function readPreview(checkpoint: string): Promise<LinearPreview | undefined> {
  const path = `${await modelStem(checkpoint)}.preview.json`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return linearPreviewSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new HostError('CKPT_CONFIG', { path, problem: `not a preview description (${String(error)})` }, { cause: error });
  }
}
