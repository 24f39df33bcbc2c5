import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Shape, WeightDtype } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describeFileStart } from './file-kind.js';
import { elementBytes } from './float-decoder.js';
import { JsonReader, type JsonValue } from './json-reader.js';

/** Limit of the format's own reader. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_RANK = 16;
/** The largest checkpoints of this kind have a few thousand. */
const MAX_TENSORS = 50_000;
/** Characters parsed before the event loop gets a turn. */
const SLICE = 500_000;

/** Where a tensor's bytes lie in its file. */
export interface TensorSpan {
  readonly key: string;
  readonly dtype: WeightDtype;
  readonly shape: Shape;
  /** Absolute byte offset in the file. */
  readonly offset: number;
  /** Of the values themselves. */
  readonly byteLength: number;
  /** The values do not lie one after the other: elements between neighbours on each axis (PyTorch files only). */
  readonly stride?: readonly number[];
  /** Elements from the first value to the last, where there is a stride. */
  readonly reach?: number;
  /** Which of a model's files it lies in, where there are several. */
  readonly file?: number;
  /** It is these, one behind the other (diffusers folders only). */
  readonly parts?: readonly TensorSpan[];
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorSpan>;
}

interface Source {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes of the whole file. */
  readonly size: number;
}

/**
 * Reads and checks the header of a safetensors file: every tensor's dtype and shape must give its byte count, and the
 * tensors must fill the file from the header's end to the last byte without gap or overlap (the rule of the format).
 * @throws HostError CKPT_EMPTY, CKPT_NOT_SAFETENSORS, CKPT_TRUNCATED, CKPT_HEADER, CKPT_DTYPE.
 */
export async function readSafetensorsHeader(source: Source): Promise<SafetensorsHeader> {
  const { path, size } = source;
  if (size === 0) throw new HostError('CKPT_EMPTY', { path });
  const length = await headerLength(source);
  const reader = new JsonReader(await headerText(source, length));
  const tensors = new Map<string, TensorSpan>();
  let metadata: ReadonlyMap<string, string> = new Map();
  let pauseAt = SLICE;
  try {
    for (const [key, value] of reader.members()) {
      if (key === '__metadata__') metadata = readMetadata(value);
      else tensors.set(key, readSpan(path, { key, value, base: 8 + length }));
      if (tensors.size > MAX_TENSORS) throw new SyntaxError(`it lists more than ${MAX_TENSORS} tensors`);
      if (reader.position < pauseAt) continue;
      pauseAt = reader.position + SLICE;
      await nextTurn();
    }
    reader.end();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HostError('CKPT_HEADER', { path, problem: error.message });
  }
  checkLayout(source, tensors, 8 + length);
  return { metadata, tensors };
}

async function headerLength({ path, handle, size }: Source): Promise<number> {
  const start = new Uint8Array(Math.min(size, 512));
  await handle.read(start, 0, start.length, 0);
  const stated = start.length >= 8 ? new DataView(start.buffer).getBigUint64(0, true) : undefined;
  const opensObject = start[8] === 0x7b;
  if (stated === undefined || stated < 2n || (start.length > 8 && !opensObject)) {
    throw new HostError('CKPT_NOT_SAFETENSORS', { path, problem: describeFileStart(start) });
  }
  if (stated > BigInt(MAX_HEADER_BYTES)) {
    throw new HostError('CKPT_HEADER', { path, problem: `it states ${stated} header bytes, the limit is ${MAX_HEADER_BYTES}` });
  }
  const needed = 8 + Number(stated);
  if (needed > size) throw new HostError('CKPT_TRUNCATED', { path, key: '(the header)', needed, bytes: size });
  return Number(stated);
}

async function headerText({ path, handle }: Source, length: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const chunk = new Uint8Array(Math.min(length, 4 * 2 ** 20));
  let text = '';
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, length - done), 8 + done);
      if (bytesRead === 0) throw new HostError('CKPT_TRUNCATED', { path, key: '(the header)', needed: 8 + length, bytes: 8 + done });
      done += bytesRead;
      text += decoder.decode(chunk.subarray(0, bytesRead), { stream: done < length });
    }
  } catch (error) {
    if (error instanceof TypeError) throw new HostError('CKPT_HEADER', { path, problem: 'it is not UTF-8 text' });
    throw error;
  }
  return text;
}

function readMetadata(value: JsonValue): ReadonlyMap<string, string> {
  if (!(value instanceof Map)) throw new SyntaxError('__metadata__ is not an object');
  const metadata = new Map<string, string>();
  for (const [name, text] of value) {
    if (typeof text !== 'string') throw new SyntaxError(`__metadata__ "${name}" is not a string`);
    metadata.set(name, text);
  }
  return metadata;
}

const isCount = (value: JsonValue | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: JsonValue | undefined): value is readonly number[] => Array.isArray(value) && value.every(isCount);

function readSpan(path: string, entry: { readonly key: string; readonly value: JsonValue; readonly base: number }): TensorSpan {
  const { key, value, base } = entry;
  const bad = (problem: string) => new HostError('CKPT_HEADER', { path, key, problem: `tensor ${key}: ${problem}` });
  if (!(value instanceof Map)) throw bad('its entry is not an object');
  const dtype = value.get('dtype');
  if (typeof dtype !== 'string') throw bad('it has no dtype');
  if (!Object.hasOwn(elementBytes, dtype)) throw new HostError('CKPT_DTYPE', { path, key, dtype });
  const shape = value.get('shape');
  if (!isCounts(shape) || shape.length > MAX_RANK) throw bad(`its shape is not a list of at most ${MAX_RANK} sizes`);
  const offsets = value.get('data_offsets');
  if (!isCounts(offsets) || offsets.length !== 2) throw bad('its data_offsets are not two byte counts');
  const [start, end] = offsets as readonly [number, number];
  const bytes = shape.reduce((product, dim) => product * dim, elementBytes[dtype as WeightDtype]);
  // Counts above 2^53 are rounded, but no file is that long: they differ from any real length.
  if (end < start || bytes !== end - start) {
    throw bad(`${dtype} of shape [${shape.join(', ')}] is ${bytes} bytes, its data_offsets [${start}, ${end}] span ${end - start}`);
  }
  return { key, dtype: dtype as WeightDtype, shape: Object.freeze([...shape]), offset: base + start, byteLength: bytes };
}

function checkLayout({ path, size }: Source, tensors: ReadonlyMap<string, TensorSpan>, base: number): void {
  const spans = [...tensors.values()].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = base;
  let previous = 'the header';
  for (const { key, offset, byteLength } of spans) {
    if (offset !== end) {
      const how = offset < end ? `overlaps ${previous}` : `leaves ${offset - end} unused bytes after ${previous}`;
      throw new HostError('CKPT_HEADER', { path, key, problem: `tensor ${key} ${how}` });
    }
    end = offset + byteLength;
    previous = key;
    if (end > size) throw new HostError('CKPT_TRUNCATED', { path, key, needed: end, bytes: size });
  }
  if (end < size) throw new HostError('CKPT_HEADER', { path, problem: `${size - end} bytes follow the last tensor` });
}
