import { crc32, inflateSync } from 'node:zlib';
import { HostError } from '@armature/sdk/host';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** A compressed text may not unpack to more than this. */
const MAX_TEXT_BYTES = 8 * 2 ** 20;

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Offset of the chunk's length field. */
  readonly offset: number;
}

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
const isLatin1 = (text: string): boolean => [...text].every((c) => (c.codePointAt(0) as number) < 256);

/** Chunks in order; stops where the file is cut off. */
function* chunksOf(png: Uint8Array): Generator<Chunk> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let offset = SIGNATURE.length; offset + 12 <= png.length; ) {
    const length = view.getUint32(offset);
    if (offset + 12 + length > png.length) return;
    yield { type: latin1(png.subarray(offset + 4, offset + 8)), data: png.subarray(offset + 8, offset + 8 + length), offset };
    offset += 12 + length;
  }
}

function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(Buffer.from(type, 'latin1'), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

function encodeText(keyword: string, text: string): Uint8Array {
  if (!/^[\x20-\x7e\xa1-\xff]{1,79}$/.test(keyword)) throw new RangeError(`"${keyword}" cannot name a PNG text`);
  if (isLatin1(text)) return encodeChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));
  // Keyword, not compressed, method 0, no language, no translated keyword (PNG specification §11.3.3.4).
  return encodeChunk('iTXt', Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(text, 'utf8')]));
}

/** Writes texts before the pixels: `tEXt` where latin-1 suffices, else `iTXt`, as Pillow does. */
export function withPngText(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const first = [...chunksOf(png)].find(({ type }) => type === 'IDAT');
  if (!first) throw new RangeError('a PNG without pixels');
  const chunks = Object.entries(texts).map(([keyword, text]) => encodeText(keyword, text));
  return Buffer.concat([png.subarray(0, first.offset), ...chunks, png.subarray(first.offset)]);
}

function inflate(data: Uint8Array, name: string): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: MAX_TEXT_BYTES });
  } catch (error) {
    throw new HostError('IMAGE_INVALID', {
      name,
      problem: `a compressed text in it cannot be unpacked (${(error as Error).message})`,
    });
  }
}

function decodeText({ type, data }: Chunk, name: string): readonly [string, string] | undefined {
  const end = data.indexOf(0);
  if (end < 1) return undefined;
  const keyword = latin1(data.subarray(0, end));
  if (type === 'tEXt') return [keyword, latin1(data.subarray(end + 1))];
  if (type === 'zTXt') return [keyword, latin1(inflate(data.subarray(end + 2), name))];
  const language = data.indexOf(0, end + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0) return undefined;
  const rest = data.subarray(translated + 1);
  return [keyword, new TextDecoder().decode(data[end + 1] === 1 ? inflate(rest, name) : rest)];
}

/** Texts of a PNG by keyword; the last of a keyword wins. @throws HostError IMAGE_INVALID naming the picture, for a text that unpacks too far. */
export function readPngText(png: Uint8Array, name: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const chunk of chunksOf(png)) {
    const text = ['tEXt', 'zTXt', 'iTXt'].includes(chunk.type) ? decodeText(chunk, name) : undefined;
    if (text) texts.set(...text);
  }
  return texts;
}
