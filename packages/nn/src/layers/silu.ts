import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** x·σ(x) (SiLU, swish). */
export const silu = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('QuickGelu', [x], { alpha: 1 });
