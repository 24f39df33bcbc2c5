import type { WeightDtype } from '@armature/sdk';
import type { TensorSpan } from '../safetensors-header.js';
import { liesTogether } from '../weights-file.js';

/** Where one tensor of a weights file comes to lie as float32. */
export interface WidePlace {
  readonly source: TensorSpan;
  /** Absolute byte offset in the copy. */
  readonly offset: number;
  readonly byteLength: number;
}

/** A float32 copy of a weights file before it is written: a safetensors file of the same keys. */
export interface WideLayout {
  readonly header: Uint8Array;
  readonly places: readonly WidePlace[];
  /** Of the whole copy. */
  readonly byteLength: number;
}

const FLOAT_BYTES = 4;
/** Tensors begin at a multiple of it behind the header. */
const ALIGNMENT = 64;
const floats: ReadonlySet<WeightDtype> = new Set(['F64', 'F32', 'F16', 'BF16', 'F8_E4M3', 'F8_E5M2']);
/** Averages that training kept beside the weights; no network reads them. */
const AVERAGES = 'model_ema.';

/** Whether anything in a file is not float32 already: only then is a copy worth its room. */
export const isNarrow = (tensors: Iterable<TensorSpan>): boolean => [...tensors].some((span) => isCopied(span) && span.dtype !== 'F32');

/** Views that are not contiguous have no place in their file either, and are read when a graph is written. */
const isCopied = (span: TensorSpan): boolean =>
  floats.has(span.dtype) && liesTogether(span) && span.byteLength > 0 && !span.key.startsWith(AVERAGES);

/** Every float tensor, one behind the other in the order of the file, so that it is read once from front to back. */
export function wideLayout(tensors: Iterable<TensorSpan>, metadata: Readonly<Record<string, string>>): WideLayout {
  const sources = [...tensors].filter(isCopied).sort((a, b) => (a.file ?? 0) - (b.file ?? 0) || a.offset - b.offset);
  const lengths = sources.map(({ shape }) => shape.reduce((product, dim) => product * dim, FLOAT_BYTES));
  let end = 0;
  const spans = sources.map(({ key, shape }, at): readonly [string, object] => {
    const start = end;
    end += lengths[at] as number;
    return [key, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const header = headerBytes(new Map<string, object>([['__metadata__', metadata], ...spans]));
  let offset = header.length;
  const places = sources.map((source, at) => {
    const byteLength = lengths[at] as number;
    offset += byteLength;
    return { source, offset: offset - byteLength, byteLength };
  });
  return { header, places, byteLength: offset };
}

/** By text, as a plain object would put keys that look like numbers first. */
function headerBytes(members: ReadonlyMap<string, object>): Uint8Array {
  const text = `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
  const json = Buffer.from(text);
  const length = Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(length, ' ');
  header.writeBigUInt64LE(BigInt(length - 8));
  json.copy(header, 8);
  return header;
}
