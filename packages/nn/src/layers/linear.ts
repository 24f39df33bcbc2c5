import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';

/**
 * x·Wᵀ + b over the last axis: […, in] → […, width]. One Gemm over all rows, with the weight [width, in] as it is stored:
 * MatMul would need a transposed copy of it.
 */
export function linear(g: GraphBuilder, name: string, x: GraphValue, width: number, { bias = true } = {}): GraphValue {
  return g.module(name, [x], (g, x) => {
    const inner = channelsOf(g, x, -1);
    const weights = [g.weight('weight', [width, inner]), ...(bias ? [g.weight('bias', [width])] : [])];
    if (x.shape.length === 2) return g.op('Gemm', [x, ...weights], { transB: 1 });
    const rows = g.op('Reshape', [x, g.constant([-1, inner], 'int64')]);
    const leading = g.op('Shape', [x], { start: 0, end: -1 });
    const shape = g.op('Concat', [leading, g.constant([width], 'int64')], { axis: 0 });
    return g.op('Reshape', [g.op('Gemm', [rows, ...weights], { transB: 1 }), shape]);
  });
}
