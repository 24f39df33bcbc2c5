import { channelsOf, conv } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { repeatPixels, shufflePixels } from './resampling.js';
import type { TensorShapes, UpscalingNetwork } from './upscaling-network.js';

const colours = 3;

/** A plain stack of convolutions beside the repeated picture (Real-ESRGAN's `SRVGGNetCompact`). */
export function readCompact(shapes: TensorShapes): UpscalingNetwork | undefined {
  const numbers = shapes.keys.flatMap((key) => /^body\.(\d+)\.weight$/.exec(key)?.[1] ?? []).map(Number);
  const last = Math.max(-1, ...numbers);
  const [width, inputs] = shapes.of('body.0.weight') ?? [];
  const outputs = shapes.of(`body.${last}.weight`)?.[0] ?? 0;
  const scale = Math.sqrt(outputs / colours);
  if (!width || inputs !== colours || last < 2 || shapes.of('body.1.weight')?.length !== 1 || !Number.isInteger(scale)) return undefined;
  return { architecture: 'Compact', scale, multiple: 1, fixedSize: false, emit: (g, x) => emit(g, x, { width, last, scale }) };
}

interface CompactFacts {
  readonly width: number;
  /** Number of the last convolution in the sequence. */
  readonly last: number;
  readonly scale: number;
}

function emit(g: GraphBuilder, x: GraphValue, { width, last, scale }: CompactFacts): GraphValue {
  let features = x;
  for (let at = 0; at < last; at += 2) features = prelu(g, `body.${at + 1}`, conv(g, `body.${at}`, features, width));
  const detail = shufflePixels(g, conv(g, `body.${last}`, features, colours * scale ** 2), scale);
  return g.op('Add', [detail, repeatPixels(g, x, scale)]);
}

const prelu = (g: GraphBuilder, name: string, x: GraphValue): GraphValue =>
  g.module(name, [x], (g, x) => {
    const width = channelsOf(g, x, 1);
    return g.op('PRelu', [x, g.op('Reshape', [g.weight('weight', [width]), g.constant([width, 1, 1], 'int64')])]);
  });
