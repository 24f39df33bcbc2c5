import { basename } from 'node:path';
import type { CatalogueApi, CatalogueEntry } from '@armature/sdk';
import type { MissingPart } from '../api/index.js';

export interface WantedWeights {
  readonly kind: 'checkpoint' | 'vae';
  readonly name: string | undefined;
  readonly hash: string | undefined;
}

/** The webui's former hash, 8 digits of a part of the file; the catalogue knows a file by it. */
const formerHash = /^[0-9a-f]{8}$/;

/**
 * The file a text means: by hash where that is known (of copies the one of that name), else by name. What is not here, or has another hash, is added to
 * `missing`. Files are not hashed for this.
 */
export async function findWeights(
  catalogue: Pick<CatalogueApi, 'list' | 'find'>,
  { kind, name, hash }: WantedWeights,
  missing: MissingPart[],
): Promise<CatalogueEntry | undefined> {
  if (name === undefined && hash === undefined) return undefined;
  const models = await catalogue.list(kind);
  const isNamed = (model: CatalogueEntry): boolean => model.name === name || basename(model.path) === name;
  const sameHash = hash === undefined ? [] : models.filter((model) => model.hash?.startsWith(hash));
  const byHash = sameHash.find(isNamed) ?? sameHash[0];
  if (byHash) return byHash;
  const old = hash !== undefined && formerHash.test(hash) ? await catalogue.find(kind, hash).catch(() => undefined) : undefined;
  if (old) return old;
  const named = name === undefined ? undefined : models.find(isNamed);
  const isOther = hash !== undefined && named?.hash !== undefined;
  if (!named || isOther) {
    missing.push({ kind, name: name ?? hash ?? '', ...(hash !== undefined && { hash }), ...(named && { instead: named.title }) });
  }
  return named;
}
