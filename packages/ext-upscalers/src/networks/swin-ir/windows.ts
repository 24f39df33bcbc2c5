import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { reshape } from './window-attention.js';

/** Tokens that lie on a grid. */
export interface TokenGrid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** [1,h,w,c] → [h·w/window², window², c] (`window_partition`). */
export function intoWindows(g: GraphBuilder, grid: GraphValue, { height, width, channels }: TokenGrid, window: number): GraphValue {
  const [rows, columns] = [height / window, width / window];
  const cut = g.op('Transpose', [reshape(g, grid, [rows, window, columns, window, channels])], { perm: [0, 2, 1, 3, 4] });
  return reshape(g, cut, [rows * columns, window ** 2, channels]);
}

/** Back again (`window_reverse`). */
export function fromWindows(g: GraphBuilder, windows: GraphValue, { height, width, channels }: TokenGrid, window: number): GraphValue {
  const [rows, columns] = [height / window, width / window];
  const joined = g.op('Transpose', [reshape(g, windows, [rows, columns, window, window, channels])], { perm: [0, 2, 1, 3, 4] });
  return reshape(g, joined, [1, height, width, channels]);
}

/** [1,h,w,c] moved up and to the left by `by`, what leaves coming back at the other side (`torch.roll`); negative: the other way. */
export function rolled(g: GraphBuilder, grid: GraphValue, { height, width }: TokenGrid, by: number): GraphValue {
  return [height, width].reduce((value, length, at) => rolledAlong(g, value, at + 1, (by + length) % length, length), grid);
}

function rolledAlong(g: GraphBuilder, x: GraphValue, axis: number, by: number, length: number): GraphValue {
  const int = (value: number): GraphValue => g.constant([value], 'int64');
  const cut = (from: number, to: number): GraphValue => g.op('Slice', [x, int(from), int(to), int(axis)]);
  return g.op('Concat', [cut(by, length), cut(0, by)], { axis });
}

/** What a token may not see: −100, between regions that came together only by rolling. */
const unseen = -100;

/**
 * [windows,1,window²,window²]: windows in the last row or column hold regions from both sides of the picture. There are four
 * sorts of windows, and each is told which one it is.
 */
export function shiftMask(g: GraphBuilder, { height, width }: TokenGrid, window: number, shift: number): GraphValue {
  const [rows, columns, length] = [height / window, width / window, window ** 2];
  const region = (place: number, isLast: boolean): number => (isLast && place >= window - shift ? 1 : 0);
  const sorts = [0, 1, 2, 3].flatMap((sort) => {
    const regions = Array.from({ length }, (_, at) => {
      const below = region(Math.floor(at / window), sort >= 2);
      return 2 * below + region(at % window, sort % 2 === 1);
    });
    return regions.flatMap((from) => regions.map((to) => (from === to ? 0 : unseen)));
  });
  const sortOf = (at: number): number => 2 * Number(Math.floor(at / columns) === rows - 1) + Number(at % columns === columns - 1);
  const kinds = Array.from({ length: rows * columns }, (_, at) => sortOf(at));
  const table = g.constant(sorts, 'float32', [4, 1, length, length]);
  return g.op('Gather', [table, g.constant(kinds, 'int64')], { axis: 0 });
}
