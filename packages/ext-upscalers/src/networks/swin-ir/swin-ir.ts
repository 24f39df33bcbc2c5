import { conv, gelu, layerNorm, linear } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { leakyRelu, repeatPixels, shufflePixels } from '../resampling.js';
import type { SwinIrEnd, SwinIrFacts, SwinIrLayer } from './swin-ir-facts.js';
import { reshape, windowAttention } from './window-attention.js';
import { fromWindows, intoWindows, rolled, shiftMask, type TokenGrid } from './windows.js';

/** Mean colour of the pictures it was trained on (DIV2K). */
const mean = [0.4488, 0.4371, 0.404];
/** LeakyReLU's own slope, in front of the upsampling. */
const beforeSlope = 0.01;

/** [1,3,h,w] with fixed sides → [1,3,scale·h,scale·w]. */
export function swinIr(g: GraphBuilder, x: GraphValue, facts: SwinIrFacts): GraphValue {
  const [, , height, width] = x.shape as readonly number[];
  const grid: TokenGrid = { height: height as number, width: width as number, channels: facts.width };
  const colour = g.constant(mean, 'float32', [1, 3, 1, 1]);
  const centred = g.op('Sub', [x, colour]);
  const shallow = conv(g, 'conv_first', centred, facts.width);
  let tokens = toTokens(g, shallow, grid);
  if (facts.embedNorm) tokens = layerNorm(g, 'patch_embed.norm', tokens);
  for (const [at, layer] of facts.layers.entries()) tokens = residualGroup(g, `layers.${at}`, tokens, grid, facts.window, layer);
  const deep = conv(g, 'conv_after_body', toImage(g, layerNorm(g, 'norm', tokens), grid), facts.width);
  const features = g.op('Add', [deep, shallow]);
  return g.op('Add', [enlarged(g, features, centred, facts.end), colour]);
}

function enlarged(g: GraphBuilder, features: GraphValue, picture: GraphValue, end: SwinIrEnd): GraphValue {
  if (end.kind === 'pixelshuffledirect') return shufflePixels(g, conv(g, 'upsample.0', features, 3 * end.scale ** 2), end.scale);
  if (end.kind === 'none') return g.op('Add', [picture, conv(g, 'conv_last', features, 3)]);
  let value = leakyRelu(g, conv(g, 'conv_before_upsample.0', features, end.features), beforeSlope);
  if (end.kind === 'pixelshuffle') {
    for (const [at, step] of end.steps.entries())
      value = shufflePixels(g, conv(g, `upsample.${2 * at}`, value, end.features * step ** 2), step);
    return conv(g, 'conv_last', value, 3);
  }
  for (let at = 1; at <= end.ups; at++) value = leakyRelu(g, conv(g, `conv_up${at}`, repeatPixels(g, value, 2), end.features));
  return conv(g, 'conv_last', leakyRelu(g, conv(g, 'conv_hr', value, end.features)), 3);
}

/** Swin blocks and a convolution, added to what they were given (`RSTB`). */
function residualGroup(g: GraphBuilder, name: string, tokens: GraphValue, grid: TokenGrid, window: number, layer: SwinIrLayer): GraphValue {
  return g.module(name, [tokens], (g, tokens) => {
    const made = layer.shifted.reduce((value, shifted, at) => {
      const shift = shifted ? Math.floor(window / 2) : 0;
      return swinBlock(g, `residual_group.blocks.${at}`, value, { grid, window, layer, shift });
    }, tokens);
    return g.op('Add', [toTokens(g, groupConvs(g, toImage(g, made, grid), grid.channels, layer.convs), grid), tokens]);
  });
}

function groupConvs(g: GraphBuilder, image: GraphValue, width: number, convs: 1 | 3): GraphValue {
  if (convs === 1) return conv(g, 'conv', image, width);
  const narrow = leakyRelu(g, conv(g, 'conv.0', image, Math.floor(width / 4)));
  return conv(g, 'conv.4', leakyRelu(g, conv(g, 'conv.2', narrow, Math.floor(width / 4), { kernel: 1 })), width);
}

interface SwinBlock {
  readonly grid: TokenGrid;
  readonly window: number;
  readonly layer: SwinIrLayer;
  /** Tokens by which the windows are moved. */
  readonly shift: number;
}

function swinBlock(g: GraphBuilder, name: string, tokens: GraphValue, { grid, window, layer, shift }: SwinBlock): GraphValue {
  const { height, width, channels } = grid;
  const { heads, bias, hidden } = layer;
  return g.module(name, [tokens], (g, tokens) => {
    const normal = reshape(g, layerNorm(g, 'norm1', tokens), [1, height, width, channels]);
    const windows = intoWindows(g, shift > 0 ? rolled(g, normal, grid, shift) : normal, grid, window);
    const mask = shift > 0 ? shiftMask(g, grid, window, shift) : undefined;
    const seen = fromWindows(g, windowAttention(g, 'attn', windows, { window, heads, width: channels, bias }, mask), grid, window);
    const back = reshape(g, shift > 0 ? rolled(g, seen, grid, -shift) : seen, [1, height * width, channels]);
    const told = g.op('Add', [tokens, back]);
    const inner = gelu(g, linear(g, 'mlp.fc1', layerNorm(g, 'norm2', told), hidden));
    return g.op('Add', [told, linear(g, 'mlp.fc2', inner, channels)]);
  });
}

/** [1,c,h,w] ⇄ tokens [1,h·w,c]. */
const toTokens = (g: GraphBuilder, image: GraphValue, { height, width, channels }: TokenGrid): GraphValue =>
  g.op('Transpose', [reshape(g, image, [1, channels, height * width])], { perm: [0, 2, 1] });
const toImage = (g: GraphBuilder, tokens: GraphValue, { height, width, channels }: TokenGrid): GraphValue =>
  reshape(g, g.op('Transpose', [tokens], { perm: [0, 2, 1] }), [1, channels, height, width]);
