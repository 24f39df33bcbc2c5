import { type FileHandle, open } from 'node:fs/promises';
import type { WeightDtype } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { decodeFloats, elementBytes } from '../float-decoder.js';
import { liesTogether } from '../weights-file.js';
import { encodeFloats, type MergeDtype } from './float-encoder.js';
import type { MergeInputs } from './merge-inputs.js';
import type { MergedTensor, MergePlan, MergeSource } from './merge-plan.js';
import { addDifference, difference, type Operand, weightedSum } from './merge-values.js';

/** Elements of each file in memory at a time. */
const SLICE = 2 ** 20;

export interface MergeWatch {
  readonly signal?: AbortSignal | undefined;
  /** Bytes written and to write. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Streams a merge into `path`, which must not exist, as safetensors.
 * @throws HostError JOB_CANCELLED, CKPT_CHANGED, CKPT_TRUNCATED; errors of the file system for `path` as they are
 */
export async function writeMerge(
  inputs: MergeInputs,
  { tensors }: MergePlan,
  { path, metadata, watch }: { readonly path: string; readonly metadata: Readonly<Record<string, string>>; readonly watch: MergeWatch },
): Promise<void> {
  const total = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  const out = await open(path, 'wx');
  try {
    await writeAll(out, headerBytes(tensors, metadata));
    for (const tensor of tensors) {
      const count = tensor.byteLength / elementBytes[tensor.dtype];
      const whole = tensor.channels !== undefined || isScattered(tensor);
      for (let start = 0; start < count; start += SLICE) {
        if (watch.signal?.aborted) throw new HostError('JOB_CANCELLED');
        const length = whole ? count : Math.min(SLICE, count - start);
        const bytes = await slice(inputs, tensor, start, length);
        await writeAll(out, bytes);
        done += bytes.length;
        watch.onProgress?.(done, total);
        if (whole) break;
      }
    }
    for (const file of [inputs.primary, inputs.secondary, inputs.tertiary, inputs.vae]) await file?.assertUnchanged();
    await out.datasync();
  } finally {
    await out.close();
  }
}

function headerBytes(tensors: readonly MergedTensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let end = 0;
  const members = tensors.map(({ key, dtype, from, byteLength }): readonly [string, object] => {
    end += byteLength;
    return [key, { dtype, shape: from.span.shape, data_offsets: [end - byteLength, end] }];
  });
  if (Object.keys(metadata).length > 0) members.unshift(['__metadata__', metadata]);
  // By text, as a plain object would put keys that look like numbers first.
  const text = Buffer.from(`{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`);
  const header = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8));
  text.copy(header, 8);
  return header;
}

/** Views of PyTorch files have no slices that lie together. */
function isScattered({ from, secondary, tertiary }: MergedTensor): boolean {
  return [from, secondary, tertiary].some((source) => source !== undefined && source !== 'zero' && !liesTogether(source.span));
}

async function slice(inputs: MergeInputs, tensor: MergedTensor, start: number, length: number): Promise<Uint8Array> {
  const { from, secondary, tertiary, channels, dtype } = tensor;
  if (!secondary) {
    if (dtype === from.span.dtype && liesTogether(from.span)) return rawBytes(from, start, length);
    return encodeAs((await read(from, start, length)).values, dtype, from);
  }
  if (channels !== undefined) return encodeAs(await mergeChannels(inputs, tensor, channels), dtype, from);
  const [a, b] = [await read(from, start, length), await read(secondary, start, length)];
  const c = tertiary === undefined || tertiary === 'zero' ? tertiary : await read(tertiary, start, length);
  return encodeAs(combine(inputs, a, { b, c }).values, dtype, from);
}

function combine(
  { multiplier }: MergeInputs,
  a: Operand,
  { b, c }: { readonly b: Operand; readonly c: Operand | 'zero' | undefined },
): Operand {
  if (c === undefined) return weightedSum(a, b, multiplier);
  const delta = c === 'zero' ? { values: new Float32Array(b.values.length), dtype: b.dtype } : difference(b, c);
  return addDifference(a, delta, multiplier);
}

/** The first input channels of each filter are merged; the others stay as they are. */
async function mergeChannels(inputs: MergeInputs, { from, secondary, tertiary }: MergedTensor, channels: number): Promise<Float32Array> {
  const all = (source: MergeSource): Promise<Operand> =>
    read(
      source,
      0,
      source.span.shape.reduce((product, dim) => product * dim, 1),
    );
  const whole = await all(from);
  const [filters = 0, width = 1, ...kernel] = from.span.shape;
  const area = kernel.reduce((product, dim) => product * dim, 1);
  const values = new Float32Array(filters * channels * area);
  for (let n = 0; n < filters; n++) values.set(whole.values.subarray(n * width * area, (n * width + channels) * area), n * channels * area);
  const b = await all(secondary as MergeSource);
  const c = tertiary === undefined || tertiary === 'zero' ? tertiary : await all(tertiary);
  const part = combine(inputs, { values, dtype: whole.dtype }, { b, c }).values;
  for (let n = 0; n < filters; n++) whole.values.set(part.subarray(n * channels * area, (n + 1) * channels * area), n * width * area);
  return whole.values;
}

async function rawBytes({ file, span }: MergeSource, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const width = elementBytes[span.dtype];
  const bytes = new Uint8Array(length * width);
  await file.readInto(span, bytes, start * width);
  return bytes;
}

async function read(source: MergeSource, start: number, length: number): Promise<Operand> {
  const dtype = source.span.dtype as MergeDtype;
  if (!liesTogether(source.span)) return { values: (await source.file.get(source.span.key)?.read()) ?? new Float32Array(), dtype };
  const values = new Float32Array(length);
  decodeFloats((await rawBytes(source, start, length)).buffer, dtype, values);
  return { values, dtype };
}

/** Only floats change their type or lie scattered in a way that matters. */
function encodeAs(values: Float32Array, dtype: WeightDtype, { file, span }: MergeSource): Uint8Array {
  if (dtype === 'F16' || dtype === 'BF16' || dtype === 'F32') return encodeFloats(values, dtype);
  throw new HostError('MERGE_UNFIT', { path: file.path, key: span.key, problem: `it has dtype ${dtype}, in an order of its own` });
}

async function writeAll(out: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await out.write(bytes, done, bytes.length - done)).bytesWritten;
}
