import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';

const largest = 512 * 2 ** 20;

/** The bytes of a picture file; `path` is meant from `folder`. @throws HostError IMAGE_INVALID naming the file */
export async function readPictureFile(path: string, folder: string): Promise<Uint8Array> {
  const invalid = (problem: string, cause?: unknown): HostError => new HostError('IMAGE_INVALID', { name: path, problem }, { cause });
  const file = resolve(folder, path);
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw invalid(error.code === 'ENOENT' ? 'there is no such file' : error.message, error);
  });
  if (!stats.isFile()) throw invalid('it is no file');
  if (stats.size > largest) throw invalid(`it has ${stats.size} bytes, at most ${largest} are read`);
  return readFile(file).catch((error: Error) => {
    throw invalid(error.message, error);
  });
}
