import { HostError } from '@armature/sdk/host';

const utf8 = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

/** Reads little-endian values from bytes of an untrusted file; nothing beyond their end. */
export class ByteReader {
  readonly path: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(path: string, bytes: Uint8Array, at = 0) {
    this.path = path;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  /** @throws HostError CKPT_PICKLE */
  fail(problem: string): never {
    throw new HostError('CKPT_PICKLE', { path: this.path, problem: `${problem} (byte ${this.#at} of its description)` });
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** A count of 8 bytes. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? this.fail('it states a length no file has') : Number(value);
  }

  /** 8 bytes, big-endian as pickles have them. */
  f64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** Little-endian two's complement, up to 64 bytes; rounded beyond 2^53. */
  integer(bytes: number): number {
    if (bytes > 64) return this.fail(`an integer of ${bytes} bytes`);
    let value = 0n;
    const part = this.bytes(bytes);
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(part[i] as number);
    return Number(BigInt.asIntN(Math.max(1, bytes * 8), value));
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return utf8.decode(this.bytes(length));
  }

  binaryText(length: number): string {
    return latin1.decode(this.bytes(length));
  }

  /** Up to the next line break, which is passed. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) return this.fail('it ends within a line');
    const text = utf8.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) return this.fail(`it ends early: ${length} more bytes were announced`);
    this.#at = start + length;
    return start;
  }
}
