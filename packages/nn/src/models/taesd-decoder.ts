import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { conv } from '../layers/conv.js';
import { doubled } from '../layers/doubled.js';

export interface TaesdConfig {
  readonly latentChannels: number;
  /** Number of the first convolution among the layers: 1 in the author's files, 0 in those of diffusers. */
  readonly first: number;
}

const width = 64;

/**
 * The decoder of the tiny autoencoder for previews (madebyollin/taesd): `latent` [n,c,h,w] in the model's scale → `image` [n,3,8h,8w]
 * in −1…1. Layers are numbered through, those without weights too.
 */
export async function taesdDecoder(g: GraphBuilder, { latentChannels, first }: TaesdConfig): Promise<void> {
  const latent = g.input('latent', 'float32', ['n', latentChannels, 'h', 'w']);
  const clamped = g.op('Mul', [g.op('Tanh', [g.op('Div', [latent, g.constant([3])])]), g.constant([3])]);
  let x = g.op('Relu', [conv(g, `${first}`, clamped, width)]);
  let layer = first + 2;
  for (let level = 0; level < 3; level++) {
    for (let at = 0; at < 3; at++) x = block(g, `${layer++}`, x);
    x = conv(g, `${layer + 1}`, doubled(g, x), width, { bias: false });
    layer += 2;
  }
  const image = conv(g, `${layer + 1}`, block(g, `${layer}`, x), 3);
  g.output('image', g.op('Sub', [g.op('Mul', [image, g.constant([2])]), g.constant([1])]));
}

function block(g: GraphBuilder, name: string, x: GraphValue): GraphValue {
  return g.module(name, [x], (g, x) => {
    const inner = g.op('Relu', [conv(g, 'conv.0', x, width)]);
    const outer = conv(g, 'conv.4', g.op('Relu', [conv(g, 'conv.2', inner, width)]), width);
    return g.op('Relu', [g.op('Add', [outer, x])]);
  });
}
