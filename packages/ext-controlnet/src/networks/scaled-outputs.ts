import type { GraphBuilder, GraphValue } from '@armature/sdk';

/**
 * Outputs `out0` …: each value times its column of `scales` [n,values] and times `region`, stretched to its size. Both are
 * inputs, so that weight, mode and region change from step to step and no residual leaves the runtime process. `mean`:
 * [1,1,1,1], not a number as soon as one of their values is none.
 */
export function scaledOutputs(g: GraphBuilder, values: readonly GraphValue[], pooled = false): void {
  const scales = g.input('scales', 'float32', ['k', values.length]);
  const region = g.input('region', 'float32', [1, 1, 'mh', 'mw']);
  const means: GraphValue[] = [];
  for (const [at, value] of values.entries()) {
    const scale = g.op('Reshape', [g.op('Gather', [scales, g.constant([at], 'int64')], { axis: 1 }), g.constant([-1, 1, 1, 1], 'int64')]);
    const masked = g.op('Mul', [g.op('Mul', [value, scale]), stretched(g, region, value)]);
    means.push(g.op('GlobalAveragePool', [g.op('Reshape', [masked, g.constant([1, 1, -1, 1], 'int64')])]));
    g.output(`out${at}`, pooled ? g.op('GlobalAveragePool', [masked]) : masked);
  }
  g.output(
    'mean',
    means.reduce((sum, value) => g.op('Add', [sum, value])),
  );
}

/** Bilinear, as `torch.nn.functional.interpolate` does it. */
const stretched = (g: GraphBuilder, region: GraphValue, like: GraphValue): GraphValue =>
  g.op(
    'Resize',
    [region, undefined, undefined, g.op('Concat', [g.constant([1, 1], 'int64'), g.op('Shape', [like], { start: 2, end: 4 })], { axis: 0 })],
    { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  );
