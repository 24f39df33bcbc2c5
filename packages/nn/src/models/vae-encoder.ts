import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { normConv } from '../blocks/norm-conv.js';
import { vaeMiddle } from '../blocks/vae-middle.js';
import { vaeResBlock } from '../blocks/vae-res-block.js';
import { conv } from '../layers/conv.js';
import { downsampleAsymmetric } from '../layers/downsample-asymmetric.js';
import type { VaeConfig } from './vae-config.js';

/** `image` [n,3,H,W] in −1…1 → `moments` [n,2z,h,w]: mean and log-variance of the latent before scaling. */
export async function vaeEncoder(g: GraphBuilder, config: VaeConfig): Promise<void> {
  const { channels, channelMult, numResBlocks, zChannels, embedDim } = config;
  const image = g.input('image', 'float32', ['n', config.imageChannels, 'H', 'W']);
  let x = conv(g, 'encoder.conv_in', image, channels);
  for (const [level, mult] of channelMult.entries()) {
    x = g.module(`encoder.down.${level}`, [x], (g, x) => {
      let value: GraphValue = x;
      for (let block = 0; block < numResBlocks; block++) value = vaeResBlock(g, `block.${block}`, value, channels * mult);
      return level < channelMult.length - 1 ? downsampleAsymmetric(g, 'downsample.conv', value) : value;
    });
    await g.pause();
  }
  x = vaeMiddle(g, 'encoder.mid', x);
  const encoded = g.module('encoder', [x], (g, x) => normConv(g, 'norm_out', 'conv_out', x, 2 * zChannels));
  g.output('moments', conv(g, 'quant_conv', encoded, 2 * embedDim, { kernel: 1 }));
}
