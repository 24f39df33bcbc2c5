const EXIF_POINTER = 0x8769;
const USER_COMMENT = 0x9286;
const LONG = 4;
const UNDEFINED = 7;
const UNICODE = 'UNICODE\0';
/** Character codes that are read as UTF-8: ASCII and "undefined". Without a code the text starts at once. */
const PLAIN = new Set(['ASCII\0\0\0', '\0\0\0\0\0\0\0\0']);

/**
 * An EXIF block (TIFF, big-endian, without the `Exif` mark) whose only content is the UserComment: `UNICODE` and
 * UTF-16BE, as the webui writes it through piexif.
 */
export function encodeExifComment(text: string): Uint8Array {
  const body = Buffer.from(text, 'utf16le').swap16();
  const comment = Buffer.concat([Buffer.from(UNICODE, 'latin1'), body]);
  const directory = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(18);
    bytes.writeUInt16BE(1, 0);
    bytes.writeUInt16BE(tag, 2);
    bytes.writeUInt16BE(type, 4);
    bytes.writeUInt32BE(count, 6);
    bytes.writeUInt32BE(value, 10);
    return bytes;
  };
  const header = Buffer.from('MM\0*\0\0\0\x08', 'latin1');
  return Buffer.concat([header, directory(EXIF_POINTER, LONG, 1, 26), directory(USER_COMMENT, UNDEFINED, comment.length, 44), comment]);
}

interface Field {
  readonly count: number;
  /** Offset of the value field. */
  readonly at: number;
}

class Tiff {
  readonly bytes: Buffer;
  readonly #little: boolean;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#little = bytes[0] === 0x49;
  }

  u16(at: number): number {
    if (at + 2 > this.bytes.length) return 0;
    return this.#little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  u32(at: number): number {
    if (at + 4 > this.bytes.length) return 0;
    return this.#little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  /** The entry of a tag in the directory at `start`. */
  field(start: number, tag: number): Field | undefined {
    const entries = this.u16(start);
    for (let i = 0; i < entries; i++) {
      const at = start + 2 + 12 * i;
      if (at + 12 > this.bytes.length) return undefined;
      if (this.u16(at) === tag) return { count: this.u32(at + 4), at: at + 8 };
    }
    return undefined;
  }
}

/** UTF-16 in the order its zero bytes suggest: writers disagree, Latin text gives it away; big-endian when in doubt. */
function decodeUtf16(bytes: Buffer): string {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  let high = 0;
  for (let i = 0; i < even.length; i += 2) high += (even[i] === 0 ? 1 : 0) - (even[i + 1] === 0 ? 1 : 0);
  return new TextDecoder(high < 0 ? 'utf-16le' : 'utf-16be').decode(even);
}

const withoutPadding = (text: string): string => text.replace(/\0+$/, '');

/** The UserComment of an EXIF block (with or without the `Exif` mark); undefined when there is none. */
export function readExifComment(exif: Uint8Array): string | undefined {
  const all = Buffer.from(exif.buffer, exif.byteOffset, exif.length);
  const tiff = new Tiff(all.subarray(all.subarray(0, 4).toString('latin1') === 'Exif' ? 6 : 0));
  const pointer = tiff.field(tiff.u32(4), EXIF_POINTER);
  const comment = pointer && tiff.field(tiff.u32(pointer.at), USER_COMMENT);
  if (!comment || comment.count <= 8) return undefined;
  const start = tiff.u32(comment.at);
  const bytes = tiff.bytes.subarray(start, start + comment.count);
  const code = bytes.subarray(0, 8).toString('latin1');
  if (code === UNICODE) return withoutPadding(decodeUtf16(bytes.subarray(8)));
  return withoutPadding((PLAIN.has(code) ? bytes.subarray(8) : bytes).toString('utf8'));
}
