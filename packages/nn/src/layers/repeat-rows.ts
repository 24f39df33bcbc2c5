import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** [1,t,c] once for each row of `like` [n,s,d] of finite numbers: [n,t,c]. */
export function repeatRows(g: GraphBuilder, value: GraphValue, like: GraphValue): GraphValue {
  const ints = (...values: number[]) => g.constant(values, 'int64');
  const first = g.op('Slice', [like, ints(0, 0), ints(1, 1), ints(1, 2)]);
  return g.op('Add', [value, g.op('Sub', [first, first])]);
}
