import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** Cuts [n,c,h,w] down to the height and width of `like`. */
export function cropTo(g: GraphBuilder, x: GraphValue, like: GraphValue): GraphValue {
  if (x.shape[2] === like.shape[2] && x.shape[3] === like.shape[3]) return x;
  const ints = (...values: number[]) => g.constant(values, 'int64');
  return g.op('Slice', [x, ints(0, 0), g.op('Shape', [like], { start: 2, end: 4 }), ints(2, 3)]);
}
