import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HostError, isHostError, type WeightEntry, type WeightMap } from '@armature/sdk';
import { decodeFloats, elementBytes } from './float-decoder.js';
import { readSafetensorsHeader, type SafetensorsHeader, type TensorSpan } from './safetensors-header.js';
import { WeightOverlay } from './weight-overlay.js';

/** Elements read and converted before the event loop gets a turn. */
const SLICE = 2 ** 20;

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly header: SafetensorsHeader;
  readonly weightsId: string;
}

/** An open safetensors file: the header in memory, the tensors on disk until they are read. */
export class WeightsFile implements WeightMap {
  /** Real path (symlinks resolved). */
  readonly path: string;
  /** Changes when the file changes: path, size and modification time. */
  readonly weightsId: string;
  /** The `__metadata__` strings. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly keys: ReadonlySet<string>;
  readonly #handle: FileHandle;
  readonly #spans: ReadonlyMap<string, TensorSpan>;

  constructor({ path, handle, header, weightsId }: OpenFile) {
    this.path = path;
    this.weightsId = weightsId;
    this.metadata = header.metadata;
    this.keys = new Set(header.tensors.keys());
    this.#handle = handle;
    this.#spans = header.tensors;
  }

  /** Where a tensor's bytes lie; undefined for an unknown key. */
  entry(key: string): TensorSpan | undefined {
    return this.#spans.get(key);
  }

  get(key: string): WeightEntry | undefined {
    const span = this.#spans.get(key);
    if (!span) return undefined;
    const { dtype, shape, offset, byteLength } = span;
    return { key, dtype, shape, stored: { path: this.path, offset, byteLength }, read: () => this.#read(span) };
  }

  with(entries: Iterable<WeightEntry>): WeightMap {
    return new WeightOverlay(this, entries);
  }

  /** Entries already handed out cannot be read afterwards. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #read(span: TensorSpan): Promise<Float32Array> {
    const { dtype, offset } = span;
    const width = elementBytes[dtype];
    const count = span.byteLength / width;
    const values = new Float32Array(count);
    for (let start = 0; start < count; start += SLICE) {
      const length = Math.min(SLICE, count - start);
      const bytes = new ArrayBuffer(length * width);
      await this.#fill(span, new Uint8Array(bytes), offset + start * width);
      decodeFloats(bytes, dtype, values.subarray(start, start + length));
      if (start + length < count) await nextTurn();
    }
    return values;
  }

  async #fill({ key, offset, byteLength }: TensorSpan, bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, position + done);
      if (bytesRead === 0) {
        throw new HostError('CKPT_TRUNCATED', { path: this.path, key, needed: offset + byteLength, bytes: position + done });
      }
      done += bytesRead;
    }
  }
}

/** Identity of the weights of a file at a real path: another size or time is another file. */
export const weightsIdOf = (path: string, bytes: number, modified: number): string => `${path}|${bytes}|${modified}`;

function openingError(path: string, error: unknown): unknown {
  if (isHostError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new HostError('CKPT_NOT_FOUND', { path }, { cause: error });
  if (typeof code !== 'string') return error;
  const problem = code === 'EISDIR' ? 'it is a folder, name a file in it' : code === 'EACCES' ? 'permission denied' : code;
  return new HostError('CKPT_UNREADABLE', { path, problem }, { cause: error });
}

/**
 * Opens a safetensors file and checks its header; tensors are read on demand.
 * @throws HostError CKPT_NOT_FOUND, CKPT_UNREADABLE, CKPT_EMPTY, CKPT_NOT_SAFETENSORS, CKPT_TRUNCATED, CKPT_HEADER, CKPT_DTYPE.
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  let handle: FileHandle | undefined;
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    if (!stats.isFile()) throw Object.assign(new Error(), { code: stats.isDirectory() ? 'EISDIR' : 'it is not a regular file' });
    handle = await open(real, 'r');
    const header = await readSafetensorsHeader({ path, handle, size: stats.size });
    return new WeightsFile({ path: real, handle, header, weightsId: weightsIdOf(real, stats.size, stats.mtimeMs) });
  } catch (error) {
    await handle?.close();
    throw openingError(path, error);
  }
}
