import { countOf, type TensorShapes } from '../upscaling-network.js';

/** How features become the larger picture. */
export type SwinIrEnd =
  | { readonly kind: 'pixelshuffle'; readonly scale: number; readonly features: number; readonly steps: readonly number[] }
  | { readonly kind: 'pixelshuffledirect'; readonly scale: number }
  | { readonly kind: 'nearest+conv'; readonly scale: number; readonly features: number; readonly ups: number }
  | { readonly kind: 'none'; readonly scale: 1 };

export interface SwinIrLayer {
  readonly heads: number;
  /** Width of the inside of the feed-forward. */
  readonly hidden: number;
  readonly bias: boolean;
  /** One for each block: its windows are moved by half of one. */
  readonly shifted: readonly boolean[];
  /** Convolutions behind the blocks. */
  readonly convs: 1 | 3;
}

export interface SwinIrFacts {
  readonly width: number;
  readonly window: number;
  readonly layers: readonly SwinIrLayer[];
  readonly end: SwinIrEnd;
  readonly embedNorm: boolean;
}

/** Undefined: the endings of the file are none of SwinIR's. */
export function swinIrEnd(shapes: TensorShapes): SwinIrEnd | undefined {
  const before = shapes.of('conv_before_upsample.0.weight')?.[0];
  const ups = countOf(shapes, (at) => `conv_up${at + 1}.weight`);
  if (before && ups > 0) return { kind: 'nearest+conv', scale: 2 ** ups, features: before, ups };
  if (before) {
    const steps = shapes.keys
      .filter((key) => /^upsample\.\d+\.weight$/.test(key))
      .map((key) => Math.sqrt((shapes.of(key)?.[0] ?? 0) / before));
    return { kind: 'pixelshuffle', scale: steps.reduce((scale, step) => scale * step, 1), features: before, steps };
  }
  const direct = shapes.of('upsample.0.weight')?.[0];
  if (direct) return { kind: 'pixelshuffledirect', scale: Math.sqrt(direct / 3) };
  return shapes.of('conv_last.weight') ? { kind: 'none', scale: 1 } : undefined;
}
