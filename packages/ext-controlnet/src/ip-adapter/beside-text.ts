import { attention, channelsOf, type UnetConfig } from '@armature/nn';
import type { EmitFn, GraphBuilder, GraphValue } from '@armature/sdk';

/** Inputs of a cross-attention for the picture in a slot. */
export function inputNames(slot: number, path: string): { readonly key: string; readonly value: string; readonly scale: string } {
  const name = `armature.controlnet/${path}:picture${slot}`;
  return { key: `${name}:key`, value: `${name}:value`, scale: `${name}:scale` };
}

/** What a UNet is to make room for. */
export interface PictureRoom {
  readonly heads: UnetConfig['heads'];
  /** Pictures that may be seen. */
  readonly slots: number;
}

/** Decorates two layers of every cross-attention: what makes its queries, and what takes all that they found. */
export class BesideText {
  /** A module is emitted at one go: between its queries and its end no other speaks. */
  #query: GraphValue | undefined;

  /** `path` of a module `…attn2.to_q` or `…attn2.to_out.0`; others stay as they are. */
  wrap(path: string, inner: EmitFn, room: PictureRoom): EmitFn {
    const [, attention, layer] = /^(unet\..+\.attn2)\.(to_q|to_out\.0)$/.exec(path) ?? [];
    if (!attention || room.slots === 0) return inner;
    if (layer === 'to_q')
      return (g, ...inputs) => {
        this.#query = inner(g, ...inputs);
        return this.#query;
      };
    return (g, ...inputs) => {
      const [found, ...more] = inputs;
      const query = this.#query;
      this.#query = undefined;
      return found && query ? inner(g, besideText(g, attention, [found, query], room), ...more) : inner(g, ...inputs);
    };
  }
}

type Found = readonly [found: GraphValue, query: GraphValue];

/**
 * What a cross-attention found in the text [n,s,c], and beside it what the same queries find in each picture, times its scale
 * (Ye et al. 2023, decoupled cross-attention). A slot that is not fed is not computed.
 */
function besideText(g: GraphBuilder, path: string, [found, query]: Found, { heads, slots }: PictureRoom): GraphValue {
  const width = channelsOf(g, query, -1);
  const count = 'count' in heads ? heads.count : width / heads.channels;
  let seen = found;
  for (let slot = 0; slot < slots; slot++) {
    const names = inputNames(slot, path);
    const input = (name: string, dim: number) => g.input(name, 'float32', [`${name}:rows`, `${name}:length`, dim], { optional: true });
    const [key, value, scale] = [input(names.key, width), input(names.value, width), input(names.scale, 1)];
    const before = seen;
    seen = g.choose(
      g.op('Cast', [g.op('Shape', [key], { start: 1, end: 2 })], { to: 'bool' }),
      (side) => side.op('Add', [before, side.op('Mul', [attention(side, query, key, value, count), scale])]),
      (side) => side.op('Identity', [before]),
    );
  }
  return seen;
}
