import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** x·Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016). */
export const gelu = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('Gelu', [x]);
