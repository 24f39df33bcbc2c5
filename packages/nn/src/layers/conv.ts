import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { channelsOf } from './channels-of.js';

export interface ConvOptions {
  readonly kernel?: number;
  readonly stride?: number;
  /** Top, left, bottom, right; by default half the kernel on every side. */
  readonly pads?: readonly [number, number, number, number];
}

/** 2-D convolution with bias: [n,c,h,w] → [n,width,h',w']. */
export function conv(g: GraphBuilder, name: string, x: GraphValue, width: number, options: ConvOptions = {}): GraphValue {
  const { kernel = 3, stride = 1 } = options;
  const half = (kernel - 1) / 2;
  const pads = options.pads ?? [half, half, half, half];
  return g.module(name, [x], (g, x) =>
    g.op('Conv', [x, g.weight('weight', [width, channelsOf(g, x, 1), kernel, kernel]), g.weight('bias', [width])], {
      strides: [stride, stride],
      pads,
    }),
  );
}
