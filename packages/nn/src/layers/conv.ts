import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';
import { wrapAround } from './wrap-around.js';

export interface ConvOptions {
  readonly kernel?: number;
  readonly stride?: number;
  /** Default true. */
  readonly bias?: boolean;
  /**
   * Top, left, bottom, right, of zeros. By default half the kernel on every side: zeros, or what lies at the opposite edge
   * when the plan's variant `tiling` is true.
   */
  readonly pads?: readonly [number, number, number, number];
}

/**
 * 2-D convolution: [n,c,h,w] → [n,width,h',w']. The plan's variant `tiling` makes its own padding circular
 * (`apply_circular`), but not pads that are given: those the reference adds outside the layer.
 */
export function conv(g: GraphBuilder, name: string, x: GraphValue, width: number, options: ConvOptions = {}): GraphValue {
  const { kernel = 3, stride = 1, bias = true } = options;
  const half = (kernel - 1) / 2;
  const wraps = g.plan.variants.tiling === true && options.pads === undefined && half > 0;
  const pads = wraps ? [0, 0, 0, 0] : (options.pads ?? [half, half, half, half]);
  return g.module(name, [x], (g, x) =>
    g.op(
      'Conv',
      [
        wraps ? wrapAround(g, x, half) : x,
        g.weight('weight', [width, channelsOf(g, x, 1), kernel, kernel]),
        ...(bias ? [g.weight('bias', [width])] : []),
      ],
      {
        strides: [stride, stride],
        pads,
      },
    ),
  );
}
