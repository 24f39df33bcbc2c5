import { conv } from '@armature/nn';
import type { GraphBuilder, GraphValue, WeightMap } from '@armature/sdk';

/**
 * HED (Xie and Tu 2015) as ControlNet's authors trained it anew: blocks of a VGG's convolutions, each halved before the next, and
 * one projection a block. `image` [1,3,h,w], 0…255 → `side1` … [1,1,·,·] before the sigmoid. Widths stand in the file.
 */
export function hed(g: GraphBuilder, weights: WeightMap): void {
  const image = g.input('image', 'float32', [1, 3, 'h', 'w']);
  let x = g.op('Sub', [image, g.weight('norm', [1, 3, 1, 1])]);
  for (let block = 1; widthsOf(weights, `block${block}.convs`).length > 0; block++) {
    if (block > 1) x = g.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    x = g.module(`block${block}`, [x], (g, x) => {
      let h: GraphValue = x!;
      for (const [at, width] of widthsOf(weights, `block${block}.convs`).entries()) h = g.op('Relu', [conv(g, `convs.${at}`, h, width)]);
      return h;
    });
    g.output(
      `side${block}`,
      g.module(`block${block}`, [x], (g, x) => conv(g, 'projection', x!, 1, { kernel: 1 })),
    );
  }
}

/** Output channels of the layers numbered below a name. */
function widthsOf(weights: WeightMap, name: string): readonly number[] {
  const widths: number[] = [];
  for (let at = 0; weights.keys.has(`${name}.${at}.weight`); at++) widths.push(weights.get(`${name}.${at}.weight`)!.shape[0]!);
  return widths;
}
