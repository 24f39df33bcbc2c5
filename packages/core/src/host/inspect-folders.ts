import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { isHostError } from '@armature/sdk';
import type { ModelFolderReport } from '../api/index.js';
import { type Catalogue, type ListedModel, openWeights } from '../checkpoint/index.js';

type Unreadable = ModelFolderReport['unreadable'][number];

/** Every kind of model folder with its files; each file is opened, and a safetensors header is read. */
export async function inspectFolders(catalogue: Catalogue): Promise<readonly ModelFolderReport[]> {
  const reports: ModelFolderReport[] = [];
  for (const kind of catalogue.kinds()) {
    const entries = await catalogue.list(kind);
    const unreadable: Unreadable[] = [];
    for (const entry of entries) {
      const problem = await problemWith(entry);
      if (problem) unreadable.push(problem);
    }
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    reports.push(Object.freeze({ kind, folders: catalogue.foldersOf(kind), files: entries.length, bytes, unreadable }));
  }
  return reports;
}

async function problemWith({ path, folder }: ListedModel): Promise<Unreadable | undefined> {
  try {
    const file = folder || extname(path).toLowerCase() === '.safetensors' ? await openWeights(path) : await open(path, 'r');
    await file.close();
    return undefined;
  } catch (error) {
    if (isHostError(error)) return { path, code: error.code, message: error.message };
    return { path, code: 'CKPT_UNREADABLE', message: `${path} cannot be read: ${(error as Error).message}.` };
  }
}
