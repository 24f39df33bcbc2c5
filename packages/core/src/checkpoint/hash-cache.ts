import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { componentFiles, components } from './diffusers/component-files.js';
import { measureModel } from './measure-model.js';

/** Bytes hashed before the event loop gets a turn (about a millisecond). */
const SLICE = 2 ** 20;
const HASH = /^[0-9a-f]{64}$/;
/** Behind the path under which the hash of the tensors alone is kept. */
const tensorsMark = '#tensors';

interface CachedHash {
  readonly bytes: number;
  readonly modified: number;
  readonly sha256: string;
}
interface FileState {
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
}

const isCachedHash = (value: unknown): value is CachedHash =>
  typeof value === 'object' &&
  value !== null &&
  HASH.test(String((value as CachedHash).sha256)) &&
  Number.isFinite((value as CachedHash).modified);

/**
 * SHA-256 of files, remembered in a JSON file by path, size and modification time. Another process may share the file:
 * a write reads it again, joins both and renames; the worst a race can cost is hashing a file twice.
 */
export class HashCache {
  readonly #file: string | undefined;
  #known = new Map<string, CachedHash>();
  readonly #running = new Map<string, Promise<string>>();
  #writing: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  /** Without a file the hashes are remembered in memory only. */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Reads what this and other processes have written; a missing or broken file counts as empty. */
  async load(): Promise<void> {
    for (const [path, entry] of await this.#read()) this.#known.set(path, entry);
  }

  /** The hash, if it is known and the file has not changed since. */
  peek({ path, bytes, modified }: FileState): string | undefined {
    const known = this.#known.get(path);
    return known?.bytes === bytes && known.modified === modified ? known.sha256 : undefined;
  }

  /** The hash in hex, computed at most once per state of the file; `tensors` leaves the header of a safetensors file out. @throws HostError CKPT_NOT_FOUND, CKPT_UNREADABLE, HOST_DISPOSED. */
  async hash(path: string, part: 'file' | 'tensors' = 'file'): Promise<string> {
    const { bytes, modified } = await measured(path);
    const state = { path: part === 'file' ? path : path + tensorsMark, bytes, modified };
    const key = `${state.path}|${state.bytes}|${state.modified}`;
    const known = this.peek(state) ?? this.#running.get(key);
    if (known !== undefined) return known;
    const work = this.#compute(state).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  /** Ends what is being hashed with HOST_DISPOSED; nothing is read or written afterwards. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running.values());
    await this.#writing;
  }

  async #compute({ path, bytes, modified }: FileState): Promise<string> {
    const whole = !path.endsWith(tensorsMark);
    const sha256 = await (whole
      ? hashFile(path, this.#closing.signal)
      : hashFile(path.slice(0, -tensorsMark.length), this.#closing.signal, 'tensors'));
    this.#known.set(path, { bytes, modified, sha256 });
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
    return sha256;
  }

  async #read(): Promise<readonly (readonly [string, CachedHash])[]> {
    if (this.#file === undefined) return [];
    try {
      const parsed: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      return Object.entries((parsed as { files?: object }).files ?? {}).filter(([, entry]) => isCachedHash(entry));
    } catch {
      return [];
    }
  }

  /** A cache that cannot be written is no reason to fail: the hash is right, only the next start pays again. */
  async #write(): Promise<void> {
    if (this.#file === undefined) return;
    const temporary = `${this.#file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    try {
      await mkdir(dirname(this.#file)).catch(() => undefined);
      const files = Object.fromEntries([...(await this.#read()), ...this.#known]);
      await writeFile(temporary, JSON.stringify({ version: 1, files }, undefined, 1));
      await rename(temporary, this.#file);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}

async function measured(path: string): Promise<{ readonly bytes: number; readonly modified: number }> {
  const size = await measureModel(path);
  if (size) return size;
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new HostError('CKPT_NOT_FOUND', { path })
      : new HostError('CKPT_UNREADABLE', { path, problem: error.code ?? error.message });
  });
  return { bytes: stats.size, modified: stats.mtimeMs };
}

/** Bytes of a safetensors file before its tensors: the header and its length. */
async function headerBytes(handle: FileHandle): Promise<number> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0);
  const header = bytesRead < 8 ? 0 : Number(new DataView(buffer.buffer).getBigUint64(0, true)) + 8;
  return Math.min(header, Number.MAX_SAFE_INTEGER - SLICE);
}

/** Of a diffusers folder: its weights files one behind the other, in the order of its parts. */
async function hashFile(path: string, closing: AbortSignal, part: 'file' | 'tensors' = 'file'): Promise<string> {
  const hash = createHash('sha256');
  if ((await measureModel(path))?.folder) {
    for (const component of components)
      for (const file of await componentFiles(path, component)) await updateHash(hash, file, closing, 'file');
  } else await updateHash(hash, path, closing, part);
  return hash.digest('hex');
}

async function updateHash(hash: Hash, path: string, closing: AbortSignal, part: 'file' | 'tensors'): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const chunk = new Uint8Array(SLICE);
    let at = part === 'file' ? 0 : await headerBytes(handle);
    for (;;) {
      if (closing.aborted) throw new HostError('HOST_DISPOSED');
      const { bytesRead } = await handle.read(chunk, 0, SLICE, at);
      at += bytesRead;
      if (bytesRead === 0) return;
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
