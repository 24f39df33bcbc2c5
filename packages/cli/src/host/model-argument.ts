import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Terminal } from '../terminal.js';

/** What a user calls a model: the path of a file or of a diffusers folder, made absolute, or a name that the model folders know. */
export async function modelArgument(given: string, { folder }: Terminal): Promise<string> {
  const path = resolve(folder, given);
  for (const file of [path, join(path, 'model_index.json')]) {
    if ((await stat(file).catch(() => undefined))?.isFile()) return path;
  }
  return given;
}
