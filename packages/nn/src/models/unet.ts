import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { resBlock } from '../blocks/res-block.js';
import { spatialTransformer } from '../blocks/spatial-transformer.js';
import { embeddingMlp, timestepEmbedding } from '../blocks/timestep-embedding.js';
import { silu } from '../layers/silu.js';
import { channelsOf } from '../layers/channels-of.js';
import { conv } from '../layers/conv.js';
import { groupNorm } from '../layers/group-norm.js';
import { cropTo } from '../layers/crop-to.js';
import { downsample } from '../layers/downsample.js';
import { upsample } from '../layers/upsample.js';

/** Dimensions of a UNet in the layout of `openaimodel.UNetModel`. */
export interface UnetConfig {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly modelChannels: number;
  /** Channels of each level, from the full resolution down, in units of `modelChannels`. */
  readonly channelMult: readonly number[];
  /** Residual blocks of each level on the way down; one more on the way up. */
  readonly numResBlocks: number;
  /** Transformer blocks behind each residual block of a level; 0: none. */
  readonly transformerDepth: readonly number[];
  readonly middleTransformerDepth: number;
  readonly contextDim: number;
  /** Attention heads: so many everywhere, or as many as have so many channels each. */
  readonly heads: { readonly count: number } | { readonly channels: number };
  readonly linearProjection: boolean;
  /** Width of a vector that every block is told beside the timestep (SDXL: pooled text, sizes, crops); absent: none. */
  readonly vectorDim?: number;
}

/** The embedding [n,e] of timestep and vector and the context [n,t,d]: every block is given both. */
export type UnetConditions = readonly [embedding: GraphValue, context: GraphValue];

/**
 * The denoiser (Ho et al. 2020, Rombach et al. 2022): `latent` [n,c,h,w], `timestep` [n], `context` [n,t,d] → `epsilon`
 * [n,c,h,w] (or v, as the model was trained); with a vector dimension also `vector` [n,v]. What a skip connection carries passes the modules `skips.0` … in the order
 * it was made: that is where a ControlNet's residuals are added.
 */
export async function unet(g: GraphBuilder, config: UnetConfig): Promise<void> {
  const latent = g.input('latent', 'float32', ['n', config.inChannels, 'h', 'w']);
  const timestep = g.input('timestep', 'float32', ['n']);
  const context = g.input('context', 'float32', ['n', 't', config.contextDim]);
  const given: UnetConditions = [unetEmbedding(g, config, timestep), context];
  const skips = await unetInputBlocks(g, config, latent, given);
  const middle = unetMiddleBlock(g, config, skips.at(-1)!, given);
  const top = await wayUp(g, config, middle, skips, given);
  g.output('epsilon', outBlock(g, config, top));
}

/** Timestep and vector as one embedding: both are brought to its width and added. */
function unetEmbedding(g: GraphBuilder, { modelChannels, vectorDim }: UnetConfig, timestep: GraphValue): GraphValue {
  const time = timestepEmbedding(g, 'time_embed', timestep, modelChannels);
  if (vectorDim === undefined) return time;
  const vector = g.input('vector', 'float32', ['n', vectorDim]);
  return g.op('Add', [time, embeddingMlp(g, 'label_emb.0', vector, 4 * modelChannels)]);
}

/** Input blocks; returns the value of each. `hint` is added to the first one's, as a ControlNet does with its picture. */
export async function unetInputBlocks(
  g: GraphBuilder,
  config: UnetConfig,
  latent: GraphValue,
  given: UnetConditions,
  hint?: GraphValue,
): Promise<readonly GraphValue[]> {
  const { modelChannels, channelMult, numResBlocks } = config;
  let x = g.module('input_blocks.0', [latent], (g, latent) => conv(g, '0', latent, modelChannels));
  if (hint) x = g.op('Add', [x, hint]);
  const values = [x];
  for (const [level, mult] of channelMult.entries()) {
    for (let block = 0; block < numResBlocks; block++) {
      x = g.module(`input_blocks.${values.length}`, [x, ...given], (g, x, ...given) => stage(g, config, x, given, level, mult * modelChannels));
      values.push(x);
      await g.pause();
    }
    if (level < channelMult.length - 1) {
      x = g.module(`input_blocks.${values.length}`, [x], (g, x) => downsample(g, '0.op', x));
      values.push(x);
    }
  }
  return values;
}

/** The block between the way down and the way up. */
export function unetMiddleBlock(g: GraphBuilder, config: UnetConfig, x: GraphValue, given: UnetConditions): GraphValue {
  const width = channelsOf(g, x, 1);
  return g.module('middle_block', [x, ...given], (g, x, embedding, context) => {
    const before = resBlock(g, '0', x, embedding, width);
    const depth = config.middleTransformerDepth;
    const between = depth > 0 ? spatialTransformer(g, '1', before, context, transformerOptions(config, width, depth)) : before;
    return resBlock(g, depth > 0 ? '2' : '1', between, embedding, width);
  });
}

/** Output blocks: each takes what is left of the skips, last first. */
async function wayUp(
  g: GraphBuilder,
  config: UnetConfig,
  middle: GraphValue,
  values: readonly GraphValue[],
  given: UnetConditions,
): Promise<GraphValue> {
  const { modelChannels, channelMult, numResBlocks } = config;
  const skips = values.map((value, at) => g.module(`skips.${at}`, [value], (_, skip) => skip));
  let x = middle;
  for (const [at, skip] of skips.toReversed().entries()) {
    const level = channelMult.length - 1 - Math.floor(at / (numResBlocks + 1));
    const last = at % (numResBlocks + 1) === numResBlocks;
    x = g.module(`output_blocks.${at}`, [x, skip, ...given], (g, x, skip, ...given) => {
      const joined = g.op('Concat', [cropTo(g, x, skip), skip], { axis: 1 });
      const value = stage(g, config, joined, given, level, channelMult[level]! * modelChannels);
      return last && level > 0 ? upsample(g, config.transformerDepth[level]! > 0 ? '2' : '1', value) : value;
    });
    await g.pause();
  }
  return x;
}

/** A residual block, and a transformer behind it where the level has one. */
function stage(
  g: GraphBuilder,
  config: UnetConfig,
  x: GraphValue,
  [embedding, context]: readonly GraphValue[],
  level: number,
  width: number,
): GraphValue {
  const value = resBlock(g, '0', x, embedding!, width);
  const depth = config.transformerDepth[level]!;
  return depth > 0 ? spatialTransformer(g, '1', value, context!, transformerOptions(config, width, depth)) : value;
}

const transformerOptions = ({ heads, linearProjection }: UnetConfig, width: number, depth: number) => ({
  heads: 'count' in heads ? heads.count : width / heads.channels,
  depth,
  linearProjection,
});

function outBlock(g: GraphBuilder, { outChannels }: UnetConfig, x: GraphValue): GraphValue {
  return g.module('out', [x], (g, x) => conv(g, '2', silu(g, groupNorm(g, '0', x, 1e-5)), outChannels));
}
