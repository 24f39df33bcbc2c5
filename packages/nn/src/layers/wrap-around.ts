import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** The end of an axis, however long it is. */
const END = 2 ** 31 - 1;

/**
 * Pads [n,c,h,w] circularly: `margin` rows and columns on every side are those of the opposite edge. Joined from slices,
 * because ONNX pads so only from opset 19 on.
 */
export function wrapAround(g: GraphBuilder, x: GraphValue, margin: number): GraphValue {
  const ints = (value: number) => g.constant([value], 'int64');
  return [2, 3].reduce((value, axis) => {
    const last = g.op('Slice', [value, ints(-margin), ints(END), ints(axis)]);
    const first = g.op('Slice', [value, ints(0), ints(margin), ints(axis)]);
    return g.op('Concat', [last, value, first], { axis });
  }, x);
}
