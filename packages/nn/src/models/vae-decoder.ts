import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { normConv } from '../blocks/norm-conv.js';
import { vaeMiddle } from '../blocks/vae-middle.js';
import { vaeResBlock } from '../blocks/vae-res-block.js';
import { conv } from '../layers/conv.js';
import { upsample } from '../layers/upsample.js';
import type { VaeConfig } from './vae-config.js';

/** `latent` [n,z,h,w], already divided by the model's scale factor → `image` [n,3,H,W] in −1…1 (Rombach et al. 2022). */
export async function vaeDecoder(g: GraphBuilder, config: VaeConfig): Promise<void> {
  const { channels, channelMult, numResBlocks, imageChannels } = config;
  const latent = g.input('latent', 'float32', ['n', config.embedDim, 'h', 'w']);
  const unquantised = conv(g, 'post_quant_conv', latent, config.zChannels, { kernel: 1 });
  let x = conv(g, 'decoder.conv_in', unquantised, channels * channelMult.at(-1)!);
  x = vaeMiddle(g, 'decoder.mid', x);
  for (const [level, mult] of [...channelMult.entries()].reverse()) {
    x = g.module(`decoder.up.${level}`, [x], (g, x) => {
      let value: GraphValue = x;
      for (let block = 0; block <= numResBlocks; block++) value = vaeResBlock(g, `block.${block}`, value, channels * mult);
      return level > 0 ? upsample(g, 'upsample', value) : value;
    });
    await g.pause();
  }
  const image = g.module('decoder', [x], (g, x) => normConv(g, 'norm_out', 'conv_out', x, imageChannels));
  g.output('image', image);
}
