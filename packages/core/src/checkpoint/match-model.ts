import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type ListedModel, shortHashOf } from './listed-model.js';

const withoutExtension = (file: string): string => file.replace(/\.[^./]+$/, '');

/** Every name the webui knows a model by (`CheckpointInfo.ids`), and its path. */
export function aliasesOf({ file, folder, name, title, hash, path }: ListedModel): readonly string[] {
  const stem = folder ? file : withoutExtension(file);
  const known = [title, file, stem, stem.replaceAll('/', '_'), name, path];
  if (hash === undefined) return known;
  return [...known, shortHashOf(hash), hash, `${file} [${shortHashOf(hash)}]`, `${name} [${shortHashOf(hash)}]`];
}

/** The webui's former hash: 8 digits of the SHA-256 of 64 KiB at 1 MiB. Undefined: the file cannot be read. */
export async function formerHash(path: string): Promise<string | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(0x10000), 0, 0x10000, 0x100000);
    return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 8);
  } catch {
    // A folder can be opened, and not be read.
    return undefined;
  } finally {
    await handle.close();
  }
}

async function byFormerHash(models: readonly ListedModel[], query: string): Promise<ListedModel | undefined> {
  const wanted = /^(?:(.*) )?\[?([0-9a-f]{8})\]?$/.exec(query);
  if (!wanted) return undefined;
  for (const model of models) {
    const named = wanted[1] === undefined || wanted[1] === model.file;
    if (named && (await formerHash(model.path)) === wanted[2]) return model;
  }
  return undefined;
}

function byTitle(models: readonly ListedModel[], part: string): ListedModel | undefined {
  const found = models.filter((model) => model.title.includes(part));
  return part === '' ? undefined : found.sort((a, b) => a.title.length - b.title.length)[0];
}

/**
 * The model a user means, by the webui's rules (`get_closet_checkpoint_match`): an alias; else the shortest title that
 * contains the words; else the same without a trailing `[hash]`.
 */
export async function matchModel(models: readonly ListedModel[], query: string): Promise<ListedModel | undefined> {
  if (query === '') return undefined;
  const exact = models.find((model) => aliasesOf(model).includes(query)) ?? (await byFormerHash(models, query));
  return exact ?? byTitle(models, query) ?? byTitle(models, query.replace(/\s*\[[^\]]+\]\s*$/, ''));
}
