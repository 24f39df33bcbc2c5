import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { isTorchStart, readTorchHeader } from './read-torch-header.js';
import { readSafetensorsHeader, type SafetensorsHeader } from './safetensors-header.js';
import type { OpenFile } from './weights-file.js';

/** A weights file with its description. */
export interface OpenedFile extends SafetensorsHeader {
  readonly file: OpenFile;
}

function openingError(path: string, error: unknown): unknown {
  if (isHostError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new HostError('CKPT_NOT_FOUND', { path }, { cause: error });
  if (typeof code !== 'string') return error;
  const problem =
    code === 'EISDIR' ? 'it is a folder without a model_index.json, name a file in it' : code === 'EACCES' ? 'permission denied' : code;
  return new HostError('CKPT_UNREADABLE', { path, problem }, { cause: error });
}

async function readHeader(source: {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
}): Promise<SafetensorsHeader> {
  const start = new Uint8Array(9);
  await source.handle.read(start, 0, start.length, 0);
  return isTorchStart(start) ? readTorchHeader(source, start) : readSafetensorsHeader(source);
}

/** @throws HostError as `openWeights` */
export async function openFile(path: string): Promise<OpenedFile> {
  let handle: FileHandle | undefined;
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    if (!stats.isFile()) throw Object.assign(new Error(), { code: stats.isDirectory() ? 'EISDIR' : 'it is not a regular file' });
    handle = await open(real, 'r');
    const header = await readHeader({ path, handle, size: stats.size });
    return { ...header, file: { path: real, handle, bytes: stats.size, modified: stats.mtimeMs } };
  } catch (error) {
    await handle?.close();
    throw openingError(path, error);
  }
}
