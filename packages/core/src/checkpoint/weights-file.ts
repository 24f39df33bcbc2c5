import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isHostError, type WeightEntry, type WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { decodeFloats, elementBytes } from './float-decoder.js';
import { isTorchStart, readTorchHeader } from './read-torch-header.js';
import { readSafetensorsHeader, type SafetensorsHeader, type TensorSpan } from './safetensors-header.js';
import { WeightOverlay } from './weight-overlay.js';

/** Elements read and converted before the event loop gets a turn. */
const SLICE = 2 ** 20;

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly header: SafetensorsHeader;
  readonly bytes: number;
  readonly modified: number;
}

/** An open weights file: its description in memory, the tensors on disk until they are read. */
export class WeightsFile implements WeightMap {
  /** Real path (symlinks resolved). */
  readonly path: string;
  /** Changes when the file changes: path, size and modification time. */
  readonly weightsId: string;
  /** The `__metadata__` strings; of a PyTorch file its texts and numbers by their path. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly keys: ReadonlySet<string>;
  /** Of the whole file, when it was opened. */
  readonly byteLength: number;
  readonly #handle: FileHandle;
  readonly #modified: number;
  readonly #spans: ReadonlyMap<string, TensorSpan>;

  constructor({ path, handle, header, bytes, modified }: OpenFile) {
    this.path = path;
    this.byteLength = bytes;
    this.#modified = modified;
    this.weightsId = weightsIdOf(path, bytes, modified);
    this.metadata = header.metadata;
    this.keys = new Set(header.tensors.keys());
    this.#handle = handle;
    this.#spans = header.tensors;
  }

  /** Where a tensor's bytes lie; undefined for an unknown key. */
  entry(key: string): TensorSpan | undefined {
    return this.#spans.get(key);
  }

  /** Every tensor's place, in the order of the description. */
  spans(): Iterable<TensorSpan> {
    return this.#spans.values();
  }

  get(key: string): WeightEntry | undefined {
    const span = this.#spans.get(key);
    if (!span) return undefined;
    const { dtype, shape, offset, byteLength, stride } = span;
    const read = (): Promise<Float32Array> => (stride ? this.#gather(span, stride) : this.#read(span));
    return { key, dtype, shape, ...(stride ? {} : { stored: { path: this.path, offset, byteLength } }), read };
  }

  with(entries: Iterable<WeightEntry>): WeightMap {
    return new WeightOverlay(this, entries);
  }

  /** Fills `bytes` with a tensor's bytes from `start` on. @throws HostError CKPT_TRUNCATED */
  readInto(span: TensorSpan, bytes: Uint8Array, start: number): Promise<void> {
    return this.#fill(span, bytes, span.offset + start);
  }

  /** @throws HostError CKPT_CHANGED when the file was written to since it was opened */
  async assertUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.#handle.stat();
    if (size === this.byteLength && mtimeMs === this.#modified) return;
    throw new HostError('CKPT_CHANGED', { path: this.path, before: this.byteLength, bytes: size });
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
    if (dtype === 'F32') {
      // As it lies in the file.
      await this.#fill(span, new Uint8Array(values.buffer), offset);
      return values;
    }
    for (let start = 0; start < count; start += SLICE) {
      const length = Math.min(SLICE, count - start);
      const bytes = new ArrayBuffer(length * width);
      await this.#fill(span, new Uint8Array(bytes), offset + start * width);
      decodeFloats(bytes, dtype, values.subarray(start, start + length));
      if (start + length < count) await nextTurn();
    }
    return values;
  }

  /** The values of a view, in the order of its shape. */
  async #gather(span: TensorSpan, stride: readonly number[]): Promise<Float32Array> {
    const { dtype, shape, reach = 0 } = span;
    const source = await this.#read({ ...span, byteLength: reach * elementBytes[dtype] });
    const values = new Float32Array(span.byteLength / elementBytes[dtype]);
    for (let i = 0; i < values.length; i++) {
      let rest = i;
      let at = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += (rest % (shape[axis] as number)) * (stride[axis] as number);
        rest = Math.floor(rest / (shape[axis] as number));
      }
      values[i] = source[at] as number;
      if (i % SLICE === SLICE - 1) await nextTurn();
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

async function readHeader(source: {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
}): Promise<SafetensorsHeader> {
  const start = new Uint8Array(9);
  await source.handle.read(start, 0, start.length, 0);
  return isTorchStart(start) ? readTorchHeader(source, start) : readSafetensorsHeader(source);
}

/**
 * Opens a safetensors file or one of PyTorch (`.ckpt`, `.pt`, `.pth`, `.bin`; by its first bytes, not its name) and checks its
 * description; tensors are read on demand, and nothing in the file is run.
 * @throws HostError CKPT_NOT_FOUND, CKPT_UNREADABLE, CKPT_EMPTY, CKPT_NOT_SAFETENSORS, CKPT_TRUNCATED, CKPT_HEADER, CKPT_DTYPE,
 * CKPT_PICKLE.
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  let handle: FileHandle | undefined;
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    if (!stats.isFile()) throw Object.assign(new Error(), { code: stats.isDirectory() ? 'EISDIR' : 'it is not a regular file' });
    handle = await open(real, 'r');
    const header = await readHeader({ path, handle, size: stats.size });
    return new WeightsFile({ path: real, handle, header, bytes: stats.size, modified: stats.mtimeMs });
  } catch (error) {
    await handle?.close();
    throw openingError(path, error);
  }
}
