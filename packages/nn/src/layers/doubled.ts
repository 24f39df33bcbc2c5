import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** Twice the height and width by repetition: [n,c,h,w] → [n,c,2h,2w]. */
export function doubled(g: GraphBuilder, x: GraphValue): GraphValue {
  return g.op('Resize', [x, undefined, g.constant([1, 1, 2, 2])], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
}
