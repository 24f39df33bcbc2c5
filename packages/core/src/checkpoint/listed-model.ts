import { basename, extname } from 'node:path';
import type { CatalogueEntry } from '@armature/sdk';

/** A catalogue entry that also knows its path below the kind's folder, `subfolder/name.safetensors`. */
export interface ListedModel extends CatalogueEntry {
  readonly file: string;
  /** It is a diffusers folder. */
  readonly folder: boolean;
}

interface ModelFile {
  readonly kind: string;
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
  readonly modified: number;
  readonly folder: boolean;
}

/** First ten digits, as the webui shows a hash. */
export const shortHashOf = (hash: string): string => hash.slice(0, 10);

/** An entry as the webui names it: title `file [shorthash]`, name without folder and extension. */
export function listedModel(model: ModelFile, hash: string | undefined): ListedModel {
  const title = hash === undefined ? model.file : `${model.file} [${shortHashOf(hash)}]`;
  return Object.freeze({ ...model, name: model.folder ? basename(model.file) : basename(model.file, extname(model.file)), title, hash });
}
