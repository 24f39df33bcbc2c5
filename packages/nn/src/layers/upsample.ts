import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';
import { conv } from './conv.js';

/** Doubles height and width by repetition, then convolves (`Upsample`): the weight is `<name>.conv.weight`. */
export function upsample(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const doubled = g.op('Resize', [x, undefined, g.constant([1, 1, 2, 2])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
    return conv(g, 'conv', doubled, channelsOf(g, x, 1));
  });
}
