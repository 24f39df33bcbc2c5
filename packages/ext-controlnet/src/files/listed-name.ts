import type { CatalogueApi, CatalogueEntry } from '@armature/sdk';

/** A model's name as clients list and send it: `control_v11p_sd15_canny [d14c016b]`. A file that cannot be read has no hash. */
export async function listedName(catalogue: CatalogueApi, entry: CatalogueEntry): Promise<string> {
  const hash = await catalogue.hash(entry, 'former').catch(() => undefined);
  return hash === undefined ? entry.name : `${entry.name} [${hash}]`;
}
