import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** x·σ(x) (SiLU, swish). */
export const silu = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('QuickGelu', [x], { alpha: 1 });

/** x·Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016). */
export const gelu = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('Gelu', [x]);

/** x·σ(1.702x), the approximation that CLIP was trained with. */
export const quickGelu = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('QuickGelu', [x], { alpha: 1.702 });
