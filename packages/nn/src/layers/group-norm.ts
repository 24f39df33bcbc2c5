import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';

/**
 * Group normalisation (Wu & He 2018) of [n,c,h,w] over 32 groups of channels: each group becomes one channel of an instance
 * normalisation, then every channel is scaled and shifted.
 */
export function groupNorm(g: GraphBuilder, name: string, x: GraphValue, epsilon: number): GraphValue {
  return g.module(name, [x], (g, x) => {
    const groups = 32;
    const channels = channelsOf(g, x, 1);
    const perChannel = g.constant([channels, 1, 1], 'int64');
    const ones = g.constant(Array(groups).fill(1));
    const zeros = g.constant(Array(groups).fill(0));
    const grouped = g.op('Reshape', [x, g.constant([0, groups, -1], 'int64')]);
    const normal = g.op('InstanceNormalization', [grouped, ones, zeros], { epsilon });
    const restored = g.op('Reshape', [normal, g.op('Shape', [x])]);
    const scale = g.op('Reshape', [g.weight('weight', [channels]), perChannel]);
    const shift = g.op('Reshape', [g.weight('bias', [channels]), perChannel]);
    return g.op('Add', [g.op('Mul', [restored, scale]), shift]);
  });
}
