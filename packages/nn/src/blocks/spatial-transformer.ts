import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from '../layers/channels-of.js';
import { conv } from '../layers/conv.js';
import { groupNorm } from '../layers/group-norm.js';
import { linear } from '../layers/linear.js';
import { transformerBlock } from './transformer-block.js';

export interface SpatialTransformerOptions {
  readonly heads: number;
  /** Transformer blocks in a row. */
  readonly depth: number;
  /** Projections in and out are linear layers on tokens instead of 1×1 convolutions. */
  readonly linearProjection: boolean;
}

/** [n,c,h,w] ⇄ tokens [n,h·w,c]. */
const toTokens = (g: GraphBuilder, image: GraphValue): GraphValue =>
  g.op('Transpose', [g.op('Reshape', [image, g.constant([0, channelsOf(g, image, 1), -1], 'int64')])], { perm: [0, 2, 1] });
const toImage = (g: GraphBuilder, tokens: GraphValue, like: GraphValue): GraphValue =>
  g.op('Reshape', [g.op('Transpose', [tokens], { perm: [0, 2, 1] }), g.op('Shape', [like])]);

/** Transformer blocks over the pixels of an image, conditioned on a context [n,t,d] (`SpatialTransformer`). */
export function spatialTransformer(
  g: GraphBuilder,
  name: string,
  image: GraphValue,
  context: GraphValue,
  { heads, depth, linearProjection }: SpatialTransformerOptions,
): GraphValue {
  return g.module(name, [image, context], (g, image, context) => {
    const channels = channelsOf(g, image, 1);
    const normal = groupNorm(g, 'norm', image, 1e-6);
    let tokens = linearProjection
      ? linear(g, 'proj_in', toTokens(g, normal), channels)
      : toTokens(g, conv(g, 'proj_in', normal, channels, { kernel: 1 }));
    for (let at = 0; at < depth; at++) tokens = transformerBlock(g, `transformer_blocks.${at}`, tokens, context, heads);
    const result = linearProjection
      ? toImage(g, linear(g, 'proj_out', tokens, channels), image)
      : conv(g, 'proj_out', toImage(g, tokens, image), channels, { kernel: 1 });
    return g.op('Add', [result, image]);
  });
}
