import { conv, silu } from '@armature/nn';
import type { GraphBuilder } from '@armature/sdk';

/** Width and stride of each convolution of the hint's encoder, behind which the UNet's own width follows. */
const hintLayers = [
  [16, 1],
  [16, 1],
  [32, 2],
  [32, 1],
  [96, 2],
  [96, 1],
  [256, 2],
] as const;

/**
 * What a ControlNet sees of its picture (`input_hint_block`): `picture` [m,3,8h,8w] in 0…1 → `hint` [m,width,h,w]. A network of its
 * own, because the picture is the same in every step.
 */
export function controlHint(g: GraphBuilder, width: number): void {
  const picture = g.input('picture', 'float32', ['m', 3, 'y', 'x']);
  const hint = g.module('input_hint_block', [picture], (g, picture) => {
    let x = picture;
    for (const [at, [channels, stride]] of hintLayers.entries()) x = silu(g, conv(g, `${2 * at}`, x, channels, { stride }));
    return conv(g, `${2 * hintLayers.length}`, x, width);
  });
  g.output('hint', hint);
}
