import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** Every pixel `factor` times in each direction (`interpolate(mode='nearest')`). */
export const repeatPixels = (g: GraphBuilder, x: GraphValue, factor: number): GraphValue =>
  g.op('Resize', [x, undefined, g.constant([1, 1, factor, factor])], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });

/** [n,c·f²,h,w] → [n,c,f·h,f·w] (`pixel_shuffle`). */
export const shufflePixels = (g: GraphBuilder, x: GraphValue, factor: number): GraphValue =>
  g.op('DepthToSpace', [x], { blocksize: factor, mode: 'CRD' });

/** [n,3,f·h,f·w] → [n,3·f²,h,w] (`pixel_unshuffle`): a convolution that picks one pixel for each channel. */
export function unshufflePixels(g: GraphBuilder, x: GraphValue, factor: number): GraphValue {
  const taps = factor ** 2;
  const kernel = new Array<number>(3 * taps * 3 * taps).fill(0);
  for (let channel = 0; channel < 3; channel++)
    for (let tap = 0; tap < taps; tap++) kernel[((channel * taps + tap) * 3 + channel) * taps + tap] = 1;
  return g.op('Conv', [x, g.constant(kernel, 'float32', [3 * taps, 3, factor, factor])], { strides: [factor, factor] });
}

/** max(x, slope · x). */
export const leakyRelu = (g: GraphBuilder, x: GraphValue, slope = 0.2): GraphValue => g.op('LeakyRelu', [x], { alpha: slope });

/** x · factor + y. */
export const scaledSum = (g: GraphBuilder, x: GraphValue, factor: number, y: GraphValue): GraphValue =>
  g.op('Add', [g.op('Mul', [x, g.constant([factor], 'float32', [])]), y]);
