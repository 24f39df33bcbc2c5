import { basename } from 'node:path';
import type { CatalogueEntry, Logger } from '@armature/sdk';
import { type Catalogue, openWeights, type WeightsFile } from '../../checkpoint/index.js';
import type { SharedFile } from './open-files.js';
import { quietHash } from './quiet-hash.js';

/** One state of one VAE file, from the moment it is asked for. */
export class VaeFile implements SharedFile {
  readonly path: string;
  readonly state: string;
  /** File name with its extension, as parameters name it. */
  readonly name: string;
  readonly weights: Promise<WeightsFile>;
  /** SHA-256; awaited only where it is written. */
  readonly hash: Promise<string | undefined>;
  users = 0;

  constructor(entry: CatalogueEntry, state: string, catalogue: Catalogue, log: Logger) {
    this.path = entry.path;
    this.state = state;
    this.name = basename(entry.path);
    this.weights = openWeights(entry.path);
    this.hash = this.weights.then(
      () => quietHash(catalogue, entry, log),
      () => undefined,
    );
  }
}
