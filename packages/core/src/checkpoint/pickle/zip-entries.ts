import type { FileHandle } from 'node:fs/promises';
import { HostError } from '@armature/sdk/host';
import { ByteReader } from './byte-reader.js';

/** One stored file of a zip: where its bytes lie in the archive. */
export interface ZipEntry {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface ZipSource {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes of the whole file. */
  readonly size: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
/** Checkpoints of this kind have a few thousand. */
const mostEntries = 50_000;
const largestDirectory = 64 * 2 ** 20;
const largest32 = 0xffffffff;

/**
 * The files of a zip whose entries are all stored, as torch.save writes them.
 * @throws HostError CKPT_PICKLE for compressed or encrypted entries, entries that lie on each other or outside the file
 */
export async function readZipEntries(source: ZipSource): Promise<readonly ZipEntry[]> {
  const { offset, bytes, count } = await findDirectory(source);
  const fail = failing(source.path);
  if (count > mostEntries || bytes > largestDirectory || offset + bytes > source.size) fail('its directory is larger than any checkpoint');
  const reader = new ByteReader(source.path, await readBytes(source, offset, bytes));
  const headers = Array.from({ length: count }, () => readCentral(reader, fail));
  const entries: ZipEntry[] = [];
  for (const { name, at, bytes } of headers) entries.push({ name, bytes, offset: await dataOffset(source, at) });
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < end || entry.offset + entry.bytes > offset)
      fail(`its file ${JSON.stringify(entry.name.slice(0, 100))} lies on another or outside`);
    end = entry.offset + entry.bytes;
  }
  return entries;
}

const failing =
  (path: string) =>
  (problem: string): never => {
    throw new HostError('CKPT_PICKLE', { path, problem });
  };

/** @throws HostError CKPT_TRUNCATED */
export async function readBytes({ path, handle }: ZipSource, offset: number, bytes: number): Promise<Uint8Array> {
  const data = new Uint8Array(bytes);
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await handle.read(data, done, bytes - done, offset + done);
    if (bytesRead === 0)
      throw new HostError('CKPT_TRUNCATED', { path, key: '(its description)', needed: offset + bytes, bytes: offset + done });
    done += bytesRead;
  }
  return data;
}

interface Directory {
  readonly offset: number;
  readonly bytes: number;
  readonly count: number;
}

async function findDirectory(source: ZipSource): Promise<Directory> {
  const fail = failing(source.path);
  const length = Math.min(source.size, 22 + 0xffff);
  const start = source.size - length;
  const tail = await readBytes(source, start, length);
  for (let at = length - 22; at >= 0; at--) {
    const reader = new ByteReader(source.path, tail, at);
    if (reader.u32() !== endSignature) continue;
    reader.bytes(6);
    const [count, bytes, offset] = [reader.u16(), reader.u32(), reader.u32()];
    const large = count === 0xffff || bytes === largest32 || offset === largest32;
    return large ? directory64(source, start + at) : { count, bytes, offset };
  }
  return fail('it is a zip without a directory: the download may have been cut off');
}

/** The 64-bit form: a locator of 20 bytes stands before the end record. */
async function directory64(source: ZipSource, end: number): Promise<Directory> {
  const fail = failing(source.path);
  if (end < 20) return fail('its directory is not complete');
  const locator = new ByteReader(source.path, await readBytes(source, end - 20, 20));
  locator.bytes(8);
  const at = locator.u64();
  if (at + 56 > source.size) return fail('its directory lies outside the file');
  const record = new ByteReader(source.path, await readBytes(source, at, 56));
  if (record.u32() !== end64Signature) return fail('its directory is not complete');
  record.bytes(20);
  record.u64();
  return { count: record.u64(), bytes: record.u64(), offset: record.u64() };
}

function readCentral(reader: ByteReader, fail: (problem: string) => never): { name: string; at: number; bytes: number } {
  if (reader.u32() !== centralSignature) fail('its directory is broken');
  reader.bytes(4);
  const [flags, method] = [reader.u16(), reader.u16()];
  reader.bytes(8);
  const [packed, whole] = [reader.u32(), reader.u32()];
  const [nameBytes, extraBytes, commentBytes] = [reader.u16(), reader.u16(), reader.u16()];
  reader.bytes(8);
  const local = reader.u32();
  const name = reader.text(nameBytes);
  const extra = new ByteReader(reader.path, reader.bytes(extraBytes));
  reader.bytes(commentBytes);
  const wide = [whole, packed, local].some((value) => value === largest32)
    ? wideSizes(extra, [whole, packed, local], extraBytes)
    : undefined;
  const [bytes = whole, stored = packed, at = local] = wide ?? [];
  if ((flags & 1) !== 0 || method !== 0 || bytes !== stored)
    fail(`its file ${JSON.stringify(name.slice(0, 100))} is packed; torch.save stores`);
  return { name, at, bytes };
}

/** Sizes of 8 bytes stand in the extra field 1, only those that did not fit. */
function wideSizes(extra: ByteReader, narrow: readonly number[], bytes: number): readonly number[] {
  while (extra.position + 4 <= bytes) {
    const [id, length] = [extra.u16(), extra.u16()];
    if (id === 1) return narrow.map((value) => (value === largest32 ? extra.u64() : value));
    extra.bytes(length);
  }
  return extra.fail('a size is missing');
}

async function dataOffset(source: ZipSource, at: number): Promise<number> {
  const fail = failing(source.path);
  if (at + 30 > source.size) return fail('a file of it lies outside');
  const header = new ByteReader(source.path, await readBytes(source, at, 30));
  if (header.u32() !== localSignature) return fail('a file of it does not begin where its directory says');
  header.bytes(22);
  return at + 30 + header.u16() + header.u16();
}
