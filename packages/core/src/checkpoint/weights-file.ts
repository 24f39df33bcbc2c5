import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WeightEntry, WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { decodeFloats, elementBytes } from './float-decoder.js';
import type { TensorSpan } from './safetensors-header.js';
import { WeightOverlay } from './weight-overlay.js';

/** Elements read and converted before the event loop gets a turn. */
const SLICE = 2 ** 20;

/** A file that tensors are read from. */
export interface OpenFile {
  /** Real path. */
  readonly path: string;
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly modified: number;
}

interface OpenModel {
  /** Real path of the file, or of the folder. */
  readonly path: string;
  readonly files: readonly [OpenFile, ...OpenFile[]];
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorSpan>;
  readonly bytes: number;
  readonly modified: number;
}

/** Open weights: their description in memory, the tensors on disk until they are read. In one file, or in those of a folder. */
export class WeightsFile implements WeightMap {
  /** Real path (symlinks resolved). */
  readonly path: string;
  /** Changes when the file changes: path, size and modification time. */
  readonly weightsId: string;
  /** The `__metadata__` strings; of a PyTorch file its texts and numbers by their path. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly keys: ReadonlySet<string>;
  /** Of all that was opened. */
  readonly byteLength: number;
  readonly #files: OpenModel['files'];
  readonly #spans: ReadonlyMap<string, TensorSpan>;

  constructor({ path, files, metadata, tensors, bytes, modified }: OpenModel) {
    this.path = path;
    this.byteLength = bytes;
    this.weightsId = weightsIdOf(path, bytes, modified);
    this.metadata = metadata;
    this.keys = new Set(tensors.keys());
    this.#files = files;
    this.#spans = tensors;
  }

  /** Where a tensor's bytes lie; undefined for an unknown key. */
  entry(key: string): TensorSpan | undefined {
    return this.#spans.get(key);
  }

  /** Every tensor's place, in the order of the description. */
  spans(): Iterable<TensorSpan> {
    return this.#spans.values();
  }

  /** The file a tensor's bytes lie in. */
  pathOf({ file = 0 }: TensorSpan): string {
    return (this.#files[file] ?? this.#files[0]).path;
  }

  get(key: string): WeightEntry | undefined {
    const span = this.#spans.get(key);
    if (!span) return undefined;
    const { dtype, shape, offset, byteLength } = span;
    const stored = liesTogether(span) && { stored: { path: this.pathOf(span), offset, byteLength } };
    return { key, dtype, shape, ...stored, read: () => this.#values(span) };
  }

  with(entries: Iterable<WeightEntry>): WeightMap {
    return new WeightOverlay(this, entries);
  }

  /** Fills `bytes` with a tensor's bytes from `start` on. @throws HostError CKPT_TRUNCATED */
  readInto(span: TensorSpan, bytes: Uint8Array, start: number): Promise<void> {
    return this.#fill(span, bytes, span.offset + start);
  }

  /** @throws HostError CKPT_CHANGED when a file was written to since it was opened */
  async assertUnchanged(): Promise<void> {
    for (const { path, handle, bytes, modified } of this.#files) {
      const { size, mtimeMs } = await handle.stat();
      if (size !== bytes || mtimeMs !== modified) throw new HostError('CKPT_CHANGED', { path, before: bytes, bytes: size });
    }
  }

  /** Entries already handed out cannot be read afterwards. */
  async close(): Promise<void> {
    for (const { handle } of this.#files) await handle.close();
  }

  async #values(span: TensorSpan): Promise<Float32Array> {
    if (!span.parts) return span.stride ? this.#gather(span, span.stride) : this.#read(span);
    const values = new Float32Array(span.byteLength / elementBytes[span.dtype]);
    let at = 0;
    for (const part of span.parts) {
      const read = await this.#values(part);
      values.set(read, at);
      at += read.length;
    }
    return values;
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

  async #fill({ key, offset, byteLength, file = 0 }: TensorSpan, bytes: Uint8Array, position: number): Promise<void> {
    const { path, handle } = this.#files[file] ?? this.#files[0];
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
      if (bytesRead === 0) {
        throw new HostError('CKPT_TRUNCATED', { path, key, needed: offset + byteLength, bytes: position + done });
      }
      done += bytesRead;
    }
  }
}

/** Identity of the weights of a file at a real path: another size or time is another file. */
export const weightsIdOf = (path: string, bytes: number, modified: number): string => `${path}|${bytes}|${modified}`;

/** Whether a tensor's values lie in its file one after the other, so that they can be named by their place. */
export const liesTogether = ({ stride, parts }: TensorSpan): boolean => stride === undefined && parts === undefined;
