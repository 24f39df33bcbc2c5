import { conv } from '@armature/nn';
import type { GraphBuilder, GraphValue, WeightMap } from '@armature/sdk';

/** Each channel brought to mean 0 and variance 1 on its own, then ReLU (`InstanceNorm2d`, without weights). */
function normalised(g: GraphBuilder, x: GraphValue): GraphValue {
  const width = x.shape[1] as number;
  const [ones, zeros] = [g.constant(new Array(width).fill(1)), g.constant(new Array(width).fill(0))];
  return g.op('InstanceNormalization', [x, ones, zeros], { epsilon: 1e-5 });
}
const active = (g: GraphBuilder, x: GraphValue): GraphValue => g.op('Relu', [normalised(g, x)]);

/** A convolution over edges that are mirrored, not blackened (`ReflectionPad2d`). */
function mirroredConv(g: GraphBuilder, name: string, x: GraphValue, width: number, kernel: number): GraphValue {
  const margin = (kernel - 1) / 2;
  const pads = g.constant([0, 0, margin, margin, 0, 0, margin, margin], 'int64');
  return conv(g, name, g.op('Pad', [x, pads], { mode: 'reflect' }), width, { kernel, pads: [0, 0, 0, 0] });
}

/** Doubles both sides (`ConvTranspose2d(…, 3, stride=2, padding=1, output_padding=1)`). */
const spread = (g: GraphBuilder, name: string, x: GraphValue, width: number): GraphValue =>
  g.module(name, [x], (g, x) =>
    g.op('ConvTranspose', [x!, g.weight('weight', [x!.shape[1] as number, width, 3, 3]), g.weight('bias', [width])], {
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      output_padding: [1, 1],
    }),
  );

/**
 * The generator of informative drawings (Chan et al. 2022): `image` [1,3,h,w], 0…1, sides that are multiples of 4 → `drawing`
 * [1,1,h,w], dark lines on white, 0…1. Widths and the number of residual blocks stand in the file.
 */
export function lineDrawing(g: GraphBuilder, weights: WeightMap): void {
  const width = (key: string, axis = 0): number => weights.get(`${key}.weight`)?.shape[axis] ?? 0;
  let x = g.input('image', 'float32', [1, 3, 'h', 'w']);
  x = active(g, mirroredConv(g, 'model0.1', x, width('model0.1'), 7));
  for (const layer of ['model1.0', 'model1.3']) x = active(g, conv(g, layer, x, width(layer), { stride: 2 }));
  for (let at = 0; width(`model2.${at}.conv_block.1`) > 0; at++) {
    const block = `model2.${at}.conv_block`;
    const inner = active(g, mirroredConv(g, `${block}.1`, x, width(`${block}.1`), 3));
    x = g.op('Add', [x, normalised(g, mirroredConv(g, `${block}.5`, inner, width(`${block}.5`), 3))]);
  }
  for (const layer of ['model3.0', 'model3.3']) x = active(g, spread(g, layer, x, width(layer, 1)));
  g.output('drawing', g.op('Sigmoid', [mirroredConv(g, 'model4.1', x, 1, 7)]));
}
