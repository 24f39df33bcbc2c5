import { stat } from 'node:fs/promises';
import { extname } from 'node:path';

/** A model's path without its extension: what stands beside it is named after that. The name of a folder has none, `v1.5` or not. */
export async function modelStem(path: string): Promise<string> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  return isFolder ? path : path.slice(0, path.length - extname(path).length);
}
