import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';
import { conv } from './conv.js';
import { doubled } from './doubled.js';

/** Doubles height and width by repetition, then convolves (`Upsample`): the weight is `<name>.conv.weight`. */
export function upsample(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => conv(g, 'conv', doubled(g, x), channelsOf(g, x, 1)));
}
