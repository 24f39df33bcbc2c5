import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { gelu } from './gelu.js';
import { linear } from './linear.js';

/** Gated GELU (Shazeer 2020): a linear map to twice the width, whose second half gates the first. */
export function geglu(g: GraphBuilder, name: string, x: GraphValue, width: number): GraphValue {
  return g.module(name, [x], (g, x) => {
    const both = linear(g, 'proj', x, 2 * width);
    const half = (at: number) =>
      g.op('Slice', [both, ...[at * width, (at + 1) * width, -1].map((number) => g.constant([number], 'int64'))]);
    return g.op('Mul', [half(0), gelu(g, half(1))]);
  });
}
