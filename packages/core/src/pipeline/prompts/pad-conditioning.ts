import { type Conditioning, Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';

/** Both sides of a batch, one value for each moment of their schedules. */
export interface Sides {
  readonly positive: readonly Conditioning[];
  readonly negative: readonly Conditioning[];
}

const lengthOf = ([first]: readonly Conditioning[]): number => first?.crossAttention.shape[1] ?? 0;

/** Whether the token lengths of the sides differ. */
export const differ = ({ positive, negative }: Sides): boolean => lengthOf(positive) !== lengthOf(negative);

/** Appends empty prompts, [1, 77, width], to the shorter side (the webui's `pad_cond_uncond`). */
export function padWithEmpty(sides: Sides, empty: Tensor): Sides {
  const missing = lengthOf(sides.positive) - lengthOf(sides.negative);
  const repeats = Math.floor(Math.abs(missing) / (empty.shape[1] as number));
  const pad = (side: readonly Conditioning[]): readonly Conditioning[] =>
    side.map((value) => value.with({ crossAttention: appendEmpty(value.crossAttention, empty, repeats) }));
  return missing > 0 ? { ...sides, negative: pad(sides.negative) } : { ...sides, positive: pad(sides.positive) };
}

/** Cuts the negative side to the positive one's length or repeats its last vector (`pad_cond_uncond_v0`). */
export function padNegative(sides: Sides): Sides {
  const length = lengthOf(sides.positive);
  return { ...sides, negative: sides.negative.map((value) => value.with({ crossAttention: fitLength(value.crossAttention, length) })) };
}

/** [batch, tokens, width] → [batch, length, width]: cut, or with the last vector repeated as `stack_conds` does. */
export function fitLength(row: Tensor, length: number): Tensor {
  const [batch = 1, tokens = 0, width = 0] = row.shape;
  if (tokens === length) return row;
  const source = viewOf(row);
  const data = new Float32Array(batch * length * width);
  for (let picture = 0; picture < batch; picture++) {
    for (let token = 0; token < length; token++) {
      const from = (picture * tokens + Math.min(token, tokens - 1)) * width;
      data.set(source.subarray(from, from + width), (picture * length + token) * width);
    }
  }
  return new Tensor(owned(data), [batch, length, width]);
}

function appendEmpty(states: Tensor, empty: Tensor, repeats: number): Tensor {
  const [batch = 1, tokens = 0, width = 0] = states.shape;
  const length = tokens + repeats * (empty.shape[1] as number);
  const data = new Float32Array(batch * length * width);
  for (let picture = 0; picture < batch; picture++) {
    data.set(viewOf(states).subarray(picture * tokens * width, (picture + 1) * tokens * width), picture * length * width);
    for (let i = 0; i < repeats; i++) data.set(viewOf(empty), (picture * length + tokens) * width + i * empty.size);
  }
  return new Tensor(owned(data), [batch, length, width]);
}
