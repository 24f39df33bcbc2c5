import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';

/** Layer normalisation (Ba et al. 2016) over the last axis. */
export function layerNorm(g: GraphBuilder, name: string, x: GraphValue, epsilon = 1e-5): GraphValue {
  return g.module(name, [x], (g, x) => {
    const width = channelsOf(g, x, -1);
    return g.op('LayerNormalization', [x, g.weight('weight', [width]), g.weight('bias', [width])], { axis: -1, epsilon });
  });
}
