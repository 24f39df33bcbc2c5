import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** Frequencies 10000^(−i/half), each step rounded to float32 as `timestep_embedding` does. */
function frequencies(half: number): readonly number[] {
  const { fround, log, exp } = Math;
  return Array.from({ length: half }, (_, i) => fround(exp(fround(fround(fround(-log(10000)) * i) / half))));
}

/** cos and sin of a timestep at geometrically falling frequencies: [n] → [n,width]. */
export function sinusoid(g: GraphBuilder, timestep: GraphValue, width: number): GraphValue {
  const column = g.op('Reshape', [timestep, g.constant([-1, 1], 'int64')]);
  const angles = g.op('Mul', [column, g.constant(frequencies(width / 2), 'float32', [1, width / 2])]);
  return g.op('Concat', [g.op('Cos', [angles]), g.op('Sin', [angles])], { axis: 1 });
}
