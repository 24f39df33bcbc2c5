import { type CatalogueEntry, isHostError, type Logger } from '@armature/sdk';
import type { Catalogue } from '../../checkpoint/index.js';

/** SHA-256 of a file, beginning now; undefined where it cannot be had, which the log explains. */
export function quietHash(catalogue: Catalogue, entry: CatalogueEntry, log: Logger): Promise<string | undefined> {
  return catalogue.hash(entry).catch((error: unknown) => {
    if (!isHostError(error) || error.code !== 'HOST_DISPOSED') log.warn(`The hash of ${entry.path} is not known: ${String(error)}`);
    return undefined;
  });
}
