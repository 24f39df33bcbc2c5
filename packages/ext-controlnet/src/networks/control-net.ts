import { conv, timestepEmbedding, type UnetConfig, unetInputBlocks, unetMiddleBlock } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { scaledOutputs } from './scaled-outputs.js';

export interface ControlNetOptions {
  /** Dimensions of the UNet it is a copy of, with the channels of latent that the copy takes. */
  readonly unet: UnetConfig;
  /** Every residual is its mean: one number a channel (`global_average_pooling`, shuffle). */
  readonly pooled: boolean;
}

/**
 * ControlNet (Zhang et al. 2023): a copy of the UNet's encoder that sees a picture too. `latent` [n,c,h,w], `timestep` [n],
 * `context` [n,t,d], `hint` [1,c,h,w] as `controlHint` gives it → `out0` … one residual for each skip connection and the middle block, times
 * `scales` [n,residuals], times `region` [1,1,·,·].
 */
export async function controlNet(g: GraphBuilder, { unet, pooled }: ControlNetOptions): Promise<void> {
  const latent = g.input('latent', 'float32', ['n', unet.inChannels, 'h', 'w']);
  const timestep = g.input('timestep', 'float32', ['n']);
  const context = g.input('context', 'float32', ['n', 't', unet.contextDim]);
  const hint = g.input('hint', 'float32', ['m', unet.modelChannels, 'y', 'x']);
  const given = [timestepEmbedding(g, 'time_embed', timestep, unet.modelChannels), context] as const;
  const fitted = nearestTo(g, hint, latent);
  const blocks = await unetInputBlocks(g, unet, latent, given, fitted);
  const middle = unetMiddleBlock(g, unet, blocks.at(-1)!, given);
  const residuals = [
    ...blocks.map((value, at) => conv(g, `zero_convs.${at}.0`, value, widthOf(value), { kernel: 1 })),
    conv(g, 'middle_block_out.0', middle, widthOf(middle), { kernel: 1 }),
  ];
  scaledOutputs(g, residuals, pooled);
}

const widthOf = (value: GraphValue): number => value.shape[1] as number;

/** A hint whose size is not eight times that of the latent is stretched (`align`). */
const nearestTo = (g: GraphBuilder, hint: GraphValue, latent: GraphValue): GraphValue =>
  g.op(
    'Resize',
    [
      hint,
      undefined,
      undefined,
      g.op('Concat', [g.op('Shape', [hint], { start: 0, end: 2 }), g.op('Shape', [latent], { start: 2, end: 4 })], { axis: 0 }),
    ],
    { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  );
