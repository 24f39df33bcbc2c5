import { conv } from '@armature/nn';
import type { GraphBuilder, GraphValue, WeightEntry } from '@armature/sdk';
import { scaledOutputs } from './scaled-outputs.js';

type Entries = ReadonlyMap<string, WeightEntry>;

/** Residual blocks of each level of the full adapter. */
const blocksPerLevel = 2;

/** Channels of the hint an adapter sees once its 8×8 tiles are channels: 64 (grey) or 192. */
export const adapterInput = (entries: Entries): number =>
  (entries.get('conv_in.weight') ?? entries.get('body.0.in_conv.weight'))!.shape[1]!;

/**
 * T2I-Adapter (Mou et al. 2023): `hint` [n,64 or 192,h,w] → `out0` … the features of each level at the size of `level0` …, times `scales`
 * and `region`. Kernels, widths and how a level is halved stand in the file.
 */
export function adapter(g: GraphBuilder, entries: Entries): void {
  const shapes = new Shapes(entries);
  const hint = g.input('hint', 'float32', ['n', adapterInput(entries), 'h', 'w']);
  let x = convOf(g, shapes, 'conv_in', hint);
  const features: GraphValue[] = [];
  for (let at = 0; shapes.has(`body.${at}.block1`); at++) {
    const block = `body.${at}`;
    if (at > 0 && at % blocksPerLevel === 0) x = halved(g, shapes, block, x);
    if (shapes.has(`${block}.in_conv`)) x = convOf(g, shapes, `${block}.in_conv`, x);
    const skip = shapes.has(`${block}.skep`) ? convOf(g, shapes, `${block}.skep`, x) : x;
    x = g.op('Add', [residual(g, shapes, block, x), skip]);
    if (at % blocksPerLevel === blocksPerLevel - 1) features.push(x);
  }
  scaledOutputs(g, fitted(g, features));
}

/** The light adapter: narrow blocks between two 1×1 convolutions on each level. */
export function lightAdapter(g: GraphBuilder, entries: Entries): void {
  const shapes = new Shapes(entries);
  const hint = g.input('hint', 'float32', ['n', adapterInput(entries), 'h', 'w']);
  let x = hint;
  const features: GraphValue[] = [];
  for (let level = 0; shapes.has(`body.${level}.out_conv`); level++) {
    if (level > 0) x = halved(g, shapes, `body.${level}`, x);
    x = convOf(g, shapes, `body.${level}.in_conv`, x);
    for (let at = 0; shapes.has(`body.${level}.body.${at}.block1`); at++) {
      x = g.op('Add', [residual(g, shapes, `body.${level}.body.${at}`, x), x]);
    }
    x = convOf(g, shapes, `body.${level}.out_conv`, x);
    features.push(x);
  }
  scaledOutputs(g, fitted(g, features));
}

/**
 * Features at the sizes of the UNet's levels, which round up where the adapter rounds down: those of `level0` … [h,w], whose
 * values do not matter.
 */
function fitted(g: GraphBuilder, features: readonly GraphValue[]): readonly GraphValue[] {
  return features.map((feature, level) => {
    const like = g.input(`level${level}`, 'float32', [`h${level}`, `w${level}`]);
    const target = g.op('Concat', [g.op('Shape', [feature], { start: 0, end: 2 }), g.op('Shape', [like])], { axis: 0 });
    return g.op('Resize', [feature, undefined, undefined, target], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  });
}

/** What a file says of its convolutions. */
class Shapes {
  readonly #entries: Entries;

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  has(module: string): boolean {
    return this.#entries.has(`${module}.weight`);
  }

  /** Output channels and side of the kernel. */
  conv(module: string): { readonly width: number; readonly kernel: number } {
    const [width = 0, , kernel = 1] = this.#entries.get(`${module}.weight`)?.shape ?? [];
    return { width, kernel };
  }
}

function convOf(g: GraphBuilder, shapes: Shapes, module: string, x: GraphValue, stride = 1): GraphValue {
  const { width, kernel } = shapes.conv(module);
  return conv(g, module, x, width, { kernel, stride });
}

const residual = (g: GraphBuilder, shapes: Shapes, block: string, x: GraphValue): GraphValue =>
  convOf(g, shapes, `${block}.block2`, g.op('Relu', [convOf(g, shapes, `${block}.block1`, x)]));

/** By a convolution where the file has one, else by the mean of 2×2. */
function halved(g: GraphBuilder, shapes: Shapes, block: string, x: GraphValue): GraphValue {
  if (shapes.has(`${block}.down_opt.op`)) return convOf(g, shapes, `${block}.down_opt.op`, x, 2);
  const channels = x.shape[1] as number;
  const quarter = g.constant(new Array(channels * 4).fill(0.25), 'float32', [channels, 1, 2, 2]);
  return g.op('Conv', [x, quarter], { group: channels, strides: [2, 2], pads: [0, 0, 0, 0] });
}
