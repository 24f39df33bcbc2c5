import { assertSmall, scaleOf } from '../finished-change.js';
import type { Factors } from '../kinds/module-kind.js';
import { type Part, reshaped, sizeOf } from '../part.js';
import type { PlannedChange } from '../planned-changes.js';

/**
 * The two matrices of a change beside a weight of this shape, strength and scale within `up`: [out, rank] and [rank, in, …].
 * @throws Error where they do not fit the weight, or are not finite
 */
export function lowRankPair(
  { module, network, target, multiplier }: PlannedChange,
  parts: ReadonlyMap<string, Part>,
  shape: readonly number[],
): Factors {
  const { kind } = module;
  assertSmall(parts, shape);
  const found = kind.factors?.({ parts, ranks: network.ranks });
  if (!found) throw new Error(`${kind.name} is not of low rank`);
  const [rows = 0, ...inner] = shape;
  const parted = target.third === undefined ? rows : rows / 3;
  const [outputs = 0, rank = 0] = found.up.shape;
  if (rank !== found.down.shape[0]) throw new Error(`[${found.up.shape}] and [${found.down.shape}] cannot be multiplied`);
  const down = fitted(found.down, inner);
  if (outputs !== parted || !down) throw new Error(`[${[outputs, ...found.down.shape.slice(1)]}] does not fill [${[parted, ...inner]}]`);
  const up = inThird(times(found.up, scaleOf(kind, parts) * multiplier), target.third);
  assertFinite(down.values);
  return { up, down };
}

/** As many numbers a rank as the weight has a row; what changes four input channels leaves the other five of an inpainting checkpoint alone. */
function fitted(down: Part, inner: readonly number[]): Part | undefined {
  const [rank = 0, ...own] = down.shape;
  if (sizeOf(own) === sizeOf(inner)) return reshaped(down, [rank, ...inner]);
  const [channels, ...kernel] = inner;
  if (channels !== 9 || own[0] !== 4 || own.slice(1).join() !== kernel.join()) return undefined;
  const [from, to] = [sizeOf(own), sizeOf(inner)];
  const values = new Float32Array(rank * to);
  for (let row = 0; row < rank; row++) values.set(down.values.subarray(row * from, (row + 1) * from), row * to);
  return { values, shape: [rank, ...inner] };
}

/** In place: the numbers were read for this change alone. */
function times(part: Part, factor: number): Part {
  const { values } = part;
  for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) * factor;
  assertFinite(values);
  return part;
}

/** Zero times what is not finite is not a number. */
function assertFinite(values: Float32Array): void {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += (values[at] as number) * 0;
  if (sum !== 0) throw new Error('it holds numbers that are not finite');
}

/** The rows of queries, keys or values among those of all three. */
function inThird(up: Part, third: number | undefined): Part {
  if (third === undefined) return up;
  const [rows = 0, rank = 0] = up.shape;
  const values = new Float32Array(3 * rows * rank);
  values.set(up.values, third * rows * rank);
  return { values, shape: [3 * rows, rank] };
}
