import type { GraphBuilder } from '@armature/sdk';
import { conv } from '../layers/conv.js';
import { doubled } from '../layers/doubled.js';

const widths = [8, 16, 32, 64, 32, 16, 8, 3] as const;
const kernels = [7, 5, 3, 3, 3, 3, 3, 3] as const;
/** What the eight convolutions take away on each side is put there before the first. */
const border = 11;

/** The webui's small network for previews (`VAEApprox`): `latent` [n,c,h,w] in the model's scale → `image` [n,3,2h,2w] in −1…1. */
export async function approxDecoder(g: GraphBuilder, { latentChannels }: { readonly latentChannels: number }): Promise<void> {
  let x = doubled(g, g.input('latent', 'float32', ['n', latentChannels, 'h', 'w']));
  for (const [at, width] of widths.entries()) {
    const pad = at === 0 ? border : 0;
    const made = conv(g, `conv${at + 1}`, x, width, { kernel: kernels[at] as number, pads: [pad, pad, pad, pad] });
    x = g.op('LeakyRelu', [made], { alpha: 0.1 });
  }
  g.output('image', x);
}
