import type { WirePiece, WirePlaceholder, WireTensor, WireValue } from './protocol.js';

/** Serialising and copying a message blocks the event loop for about a millisecond per MiB; this keeps each slice short. */
const PIECE_BYTES = 4 * 2 ** 20;

type Wired = Readonly<Record<string, readonly WireValue[]>>;

function* cut(id: number, { buffer, byteOffset, byteLength }: WireTensor['data']): Iterable<WirePiece> {
  for (let offset = 0; offset < byteLength; offset += PIECE_BYTES) {
    const bytes = new Uint8Array(buffer, byteOffset + offset, Math.min(PIECE_BYTES, byteLength - offset));
    yield { piece: id, offset, total: byteLength, bytes };
  }
}

/** Takes the large tensors out of `values`: what is left, and the pieces that go before it. */
export function takeApart(values: Wired): { readonly values: Wired; readonly pieces: readonly Iterable<WirePiece>[] } {
  const pieces: Iterable<WirePiece>[] = [];
  const small = (value: WireValue): WireValue => {
    if (!('data' in value) || value.data.byteLength <= PIECE_BYTES) return value;
    const id = pieces.length;
    pieces.push(cut(id, value.data));
    return { placeholder: id, type: value.data instanceof Float32Array ? 'float32' : 'int64', shape: value.shape };
  };
  return { values: Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.map(small)])), pieces };
}

/** Puts the pieces of one message together again. */
export class PieceCollector {
  readonly #buffers = new Map<number, Uint8Array<ArrayBuffer>>();

  add({ piece, offset, total, bytes }: WirePiece): void {
    const buffer = this.#buffers.get(piece) ?? new Uint8Array(total);
    buffer.set(bytes, offset);
    this.#buffers.set(piece, buffer);
  }

  /** The message's values with every tensor in its place; the collector is empty then. */
  whole(values: Wired): Wired {
    const found = Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.map((value) => this.#placed(value))]));
    this.clear();
    return found;
  }

  clear(): void {
    this.#buffers.clear();
  }

  #placed(value: WireValue): WireValue {
    if (!('placeholder' in value)) return value;
    const { buffer } = this.#buffers.get(value.placeholder) ?? missing(value);
    return { data: value.type === 'float32' ? new Float32Array(buffer) : new BigInt64Array(buffer), shape: value.shape };
  }
}

function missing({ placeholder }: WirePlaceholder): never {
  throw new Error(`the pieces of tensor ${placeholder} did not arrive`);
}
