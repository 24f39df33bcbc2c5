import type { VaeConfig } from '@armature/nn';
import type { WeightShapes } from './weight-shapes.js';

/** The dimensions of an AutoencoderKL from its tensors' shapes: the decoder has blocks at every level, the encoder need not. */
export function vaeDimensions(shapes: WeightShapes, prefix: string): VaeConfig {
  const conv = (key: string, axis: number) => shapes.length(`${prefix}${key}.weight`, axis, 4, 'vae');
  const channels = conv('encoder.conv_in', 0);
  const levels = shapes.countModules(`${prefix}decoder.up`);
  const widths = Array.from({ length: levels }, (_, level) => conv(`decoder.up.${level}.block.0.conv1`, 0));
  if (levels === 0 || widths.some((width) => width % channels !== 0)) {
    shapes.config(`its VAE has levels of ${widths.join(', ') || 'no'} channels, expected multiples of ${channels}`);
  }
  return {
    channels,
    channelMult: widths.map((width) => width / channels),
    numResBlocks: shapes.countModules(`${prefix}decoder.up.0.block`) - 1,
    zChannels: conv('decoder.conv_in', 1),
    embedDim: conv('post_quant_conv', 1),
    imageChannels: conv('decoder.conv_out', 0),
  };
}
