import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** x·σ(1.702x), the approximation that CLIP was trained with. */
export const quickGelu = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('QuickGelu', [x], { alpha: 1.702 });
