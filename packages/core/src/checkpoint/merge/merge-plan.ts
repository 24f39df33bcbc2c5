import { HostError } from '@armature/sdk/host';
import { elementBytes } from '../float-decoder.js';
import type { TensorSpan } from '../safetensors-header.js';
import { vaeKeys } from '../vae-keys.js';
import type { WeightsFile } from '../weights-file.js';
import { isMergeDtype, type MergeDtype } from './float-encoder.js';
import type { MergeInputs } from './merge-inputs.js';
import { promoted } from './merge-values.js';

/** A tensor of a file. */
export interface MergeSource {
  readonly file: WeightsFile;
  readonly span: TensorSpan;
}

/** One tensor of the result: `from` alone, or `from` with the others. */
export interface MergedTensor {
  readonly key: string;
  readonly dtype: TensorSpan['dtype'];
  readonly byteLength: number;
  readonly from: MergeSource;
  readonly secondary?: MergeSource | undefined;
  /** `zero`: the secondary's difference from it is nothing, as it has no such tensor. */
  readonly tertiary?: MergeSource | 'zero' | undefined;
  /** Input channels of `from` that are merged; the others stay. */
  readonly channels?: number | undefined;
}

/** What the result is for beside pictures from text. */
export type MergeKind = 'plain' | 'inpainting' | 'instruct-pix2pix';

export interface MergePlan {
  readonly tensors: readonly MergedTensor[];
  readonly kind: MergeKind;
}

const VAE = 'first_stage_model.';
/** `checkpoint_dict_skip_on_merge` */
const skipped = 'cond_stage_model.transformer.text_model.embeddings.position_ids';

/** Which tensor comes of which (`run_modelmerger`). @throws HostError MERGE_UNFIT */
export function planMerge(inputs: MergeInputs): MergePlan {
  const { primary, secondary, vae, discard, method } = inputs;
  const baked = vae ? vaeKeys(vae.keys) : new Map<string, string>();
  const tensors: MergedTensor[] = [];
  for (const span of primary.spans()) {
    if (discard?.test(span.key)) continue;
    const own: MergeSource = { file: primary, span };
    const bakedKey = span.key.startsWith(VAE) ? baked.get(span.key.slice(VAE.length)) : undefined;
    const bakedSpan = bakedKey === undefined ? undefined : vae?.entry(bakedKey);
    const other = secondary && method !== 'no-interpolation' && isMerged(span.key) ? secondary.entry(span.key) : undefined;
    if (vae && bakedSpan) tensors.push(copied(span.key, { file: vae, span: bakedSpan }, inputs.half));
    else if (secondary && other && isFloat(span)) tensors.push(merged(inputs, own, { file: secondary, span: other }));
    else tensors.push(copied(span.key, own, inputs.half && method === 'no-interpolation'));
  }
  const channels = tensors.find((tensor) => tensor.channels !== undefined)?.from.span.shape[1];
  return { tensors, kind: channels === 9 ? 'inpainting' : channels === 8 ? 'instruct-pix2pix' : 'plain' };
}

const isMerged = (key: string): boolean => key.includes('model') && key !== skipped;
const isFloat = ({ dtype }: TensorSpan): boolean => isMergeDtype(dtype);
const halved = (dtype: TensorSpan['dtype'], half: boolean): TensorSpan['dtype'] => (half && dtype === 'F32' ? 'F16' : dtype);

function copied(key: string, from: MergeSource, half: boolean): MergedTensor {
  return sized({ key, dtype: halved(from.span.dtype, half), from });
}

function merged({ tertiary, method, half }: MergeInputs, from: MergeSource, secondary: MergeSource): MergedTensor {
  const { key } = from.span;
  const channels = mergedChannels(from, secondary);
  const unfit = (file: WeightsFile, problem: string): never => {
    throw new HostError('MERGE_UNFIT', { path: file.path, key, problem });
  };
  if (!isMergeDtype(secondary.span.dtype)) unfit(secondary.file, `it has dtype ${secondary.span.dtype}`);
  const third = method === 'add-difference' ? tertiary?.entry(key) : undefined;
  if (third && !isMergeDtype(third.dtype)) unfit(tertiary as WeightsFile, `it has dtype ${third.dtype}`);
  if (third && `${third.shape}` !== `${secondary.span.shape}`)
    unfit(tertiary as WeightsFile, `it has shape [${third.shape}], the secondary's is [${secondary.span.shape}]`);
  const own = from.span.dtype as MergeDtype;
  const second = secondary.span.dtype as MergeDtype;
  const dtypeOfSecond = third ? promoted(second, third.dtype as MergeDtype) : second;
  // Part of a tensor is written back into it, and keeps its type.
  const dtype = halved(channels === undefined ? promoted(own, dtypeOfSecond) : own, half);
  const others = third && tertiary ? ({ file: tertiary, span: third } as const) : ('zero' as const);
  return sized({ key, dtype, from, secondary, channels, ...(method === 'add-difference' && { tertiary: others }) });
}

/** undefined: all of them. The UNets of inpainting and of instruct-pix2pix see more channels than a plain one. */
function mergedChannels({ span }: MergeSource, { file, span: other }: MergeSource): number | undefined {
  const [a, b] = [span.shape, other.shape];
  if (`${a}` === `${b}`) return undefined;
  const differ = a.length === b.length && a.every((dim, axis) => axis === 1 || dim === b[axis]);
  if (differ && b[1] === 4 && (a[1] === 9 || a[1] === 8)) return 4;
  const problem =
    differ && a[1] === 4
      ? `its UNet takes ${b[1]} channels, the primary's 4: a plain model must be the secondary, so exchange both`
      : `it has shape [${b}], the primary's is [${a}]`;
  throw new HostError('MERGE_UNFIT', { path: file.path, key: span.key, problem });
}

function sized(tensor: Omit<MergedTensor, 'byteLength'>): MergedTensor {
  return { ...tensor, byteLength: tensor.from.span.shape.reduce((product, dim) => product * dim, elementBytes[tensor.dtype]) };
}
