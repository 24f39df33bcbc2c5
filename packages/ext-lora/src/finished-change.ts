import { inSlices } from './in-slices.js';
import type { Change, ModuleInput, ModuleKind } from './kinds/module-kind.js';
import { type Part, reshaped, sizeOf } from './part.js';

/** What is added to a weight and to its bias, both at full strength times `multiplier`. */
export interface FinishedChange {
  readonly delta: Float32Array;
  readonly bias: Float32Array | undefined;
}

/** Parts larger than this many of their weights are no low-rank ones, whatever they are: they would keep a machine busy for hours. */
const mostOfWeight = 4;
const roomForSmall = 65536;

/** Scales a module's change as `finalize_updown`. @throws Error where it does not fit the weight, or is not finite. */
export async function finishedChange(kind: ModuleKind, input: ModuleInput, multiplier: number): Promise<FinishedChange> {
  const { parts, weight } = input;
  assertSmall(parts, weight.shape);
  const change = await kind.change(input);
  const shaped = fitted(withOffset(change, parts.get('bias')), weight);
  const scale = kind.name === 'oft' ? 1 : scaleOf(kind, parts);
  const magnitudes = parts.get('dora_scale');
  const delta = magnitudes
    ? await times(await decomposed(await times(shaped, scale), weight, magnitudes), multiplier)
    : await times(shaped, scale * multiplier);
  return { delta, bias: change.bias?.map((value) => value * multiplier) };
}

/** @throws Error for parts that are far larger than the weight [shape] they change */
export function assertSmall(parts: ReadonlyMap<string, Part>, weight: readonly number[]): void {
  for (const [name, { values, shape }] of parts) {
    if (values.length > mostOfWeight * sizeOf(weight) + roomForSmall) throw new Error(`${name} [${shape}] is too large for [${weight}]`);
  }
}

/** `scale`, or alpha through rank, or 1. */
export function scaleOf(kind: ModuleKind, parts: ReadonlyMap<string, Part>): number {
  const written = parts.get('scale')?.values[0];
  if (written !== undefined) return written;
  const alpha = parts.get('alpha')?.values[0];
  const rank = kind.rank(new Map([...parts].map(([name, { shape }]) => [name, shape])));
  return alpha === undefined || !rank ? 1 : alpha / rank;
}

function withOffset({ delta }: Change, offset: Part | undefined): Part {
  if (!offset) return delta;
  if (offset.values.length !== delta.values.length) throw new Error(`[${offset.shape}] does not fit [${delta.shape}]`);
  return { ...delta, values: delta.values.map((value, at) => value + (offset.values[at] as number)) };
}

/** An inpainting checkpoint's first layer has nine input channels; what changes the four of others leaves the rest alone. */
function fitted(delta: Part, weight: Part): Float32Array {
  const [rows = 0, channels, ...kernel] = weight.shape;
  if (kernel.length !== 2 || channels !== 9 || delta.shape[1] !== 4) return reshaped(delta, weight.shape).values;
  const taps = (kernel[0] as number) * (kernel[1] as number);
  if (delta.values.length !== rows * 4 * taps) throw new Error(`[${delta.shape}] does not fit [${weight.shape}]`);
  const out = new Float32Array(weight.values.length);
  for (let row = 0; row < rows; row++) out.set(delta.values.subarray(row * 4 * taps, (row + 1) * 4 * taps), row * 9 * taps);
  return out;
}

/** @throws Error where a product is not finite */
async function times(values: Float32Array, factor: number): Promise<Float32Array> {
  const out = new Float32Array(values.length);
  let finite = true;
  await inSlices(values.length, (from, to) => {
    for (let at = from; at < to; at++) {
      out[at] = (values[at] as number) * factor;
      finite &&= Number.isFinite(out[at]);
    }
  });
  if (!finite) throw new Error('it holds numbers that are not finite');
  return out;
}

/** Length of the changed weight is set anew for each input (Liu et al. 2024, DoRA, as `apply_weight_decompose`). */
async function decomposed(delta: Float32Array, { values, shape }: Part, magnitudes: Part): Promise<Float32Array> {
  const [rows = 0, columns = 0, ...kernel] = shape;
  const taps = kernel.reduce((product, side) => product * side, 1);
  const byRow = magnitudes.shape[0] === rows && magnitudes.values.length === rows && (rows !== columns || magnitudes.shape[1] === 1);
  if (!byRow && magnitudes.values.length !== columns) throw new Error(`dora_scale [${magnitudes.shape}] does not fit [${shape}]`);
  const column = (at: number): number => Math.floor(at / taps) % columns;
  const merged = new Float32Array(delta.length);
  const squares = new Float64Array(columns);
  await inSlices(delta.length, (from, to) => {
    for (let at = from; at < to; at++) {
      const value = Math.fround((delta[at] as number) + (values[at] as number));
      merged[at] = value;
      squares[column(at)] = (squares[column(at)] as number) + value * value;
    }
  });
  await inSlices(delta.length, (from, to) => {
    for (let at = from; at < to; at++) {
      const magnitude = magnitudes.values[byRow ? Math.floor(at / (columns * taps)) : column(at)] as number;
      const scale = magnitude / Math.sqrt(squares[column(at)] as number);
      merged[at] = (merged[at] as number) * scale - (values[at] as number);
    }
  });
  return merged;
}
