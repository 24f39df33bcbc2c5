const text = new TextEncoder();

function isAscii(value: string): boolean {
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) > 127) return false;
  return true;
}

/** Writes protobuf fields, as far as an ONNX model needs them. */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A view of what was written; valid until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** int32, int64 and enum fields; a negative number takes ten bytes. */
  int(field: number, value: number): void {
    this.#varint(field << 3);
    if (value < 0) this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    else this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#varint((field << 3) | 5);
    this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  string(field: number, value: string): void {
    if (!isAscii(value)) {
      this.data(field, text.encode(value));
      return;
    }
    this.header(field, value.length);
    this.#reserve(value.length);
    for (let at = 0; at < value.length; at++) this.#bytes[this.#length++] = value.charCodeAt(at);
  }

  /** A bytes field. */
  data(field: number, value: Uint8Array): void {
    this.header(field, value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A nested message. Its length stands before it and is only known behind it, so longer ones are moved up. */
  message(field: number, write: (inner: ProtobufWriter) => void): void {
    this.#varint((field << 3) | 2);
    const start = this.#length;
    write(this);
    const end = this.#length;
    this.#varint(end - start);
    const width = this.#length - end;
    const prefix = this.#bytes.slice(end, this.#length);
    this.#bytes.copyWithin(start + width, start, end);
    this.#bytes.set(prefix, start);
  }

  /** Tag and length of a bytes field whose contents the caller puts behind. */
  header(field: number, length: number): void {
    this.#varint((field << 3) | 2);
    this.#varint(length);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #bigVarint(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
