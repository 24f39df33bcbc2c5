import type { GraphBuilder, GraphValue } from '@armature/sdk';

type Activation = (g: GraphBuilder, x: GraphValue) => GraphValue;

const number = (g: GraphBuilder, value: number): GraphValue => g.constant([value], 'float32', []);
const clip = (g: GraphBuilder, x: GraphValue, low: number, high: number): GraphValue =>
  g.op('Min', [g.op('Max', [x, number(g, low)]), number(g, high)]);
const hardSigmoid: Activation = (g, x) => g.op('Div', [clip(g, g.op('Add', [x, number(g, 3)]), 0, 6), number(g, 6)]);
const hardSwish: Activation = (g, x) => g.op('Mul', [x, hardSigmoid(g, x)]);
/** Below zero eˣ − 1, times `alpha`. */
const elu =
  (alpha: number): Activation =>
  (g, x) => {
    const below = g.op('Sub', [g.op('Exp', [g.op('Min', [x, number(g, 0)])]), number(g, 1)]);
    return g.op('Add', [g.op('Relu', [x]), g.op('Mul', [below, number(g, alpha)])]);
  };
const leaky =
  (alpha: number): Activation =>
  (g, x) =>
    g.op('LeakyRelu', [x], { alpha });
const selu: Activation = (g, x) => g.op('Mul', [elu(1.6732632423543772)(g, x), number(g, 1.0507009873554805)]);
/** tanh(ln(1 + eˣ)) without the logarithm; beyond 20 it is 1 in float32. */
const mish: Activation = (g, x) => {
  const e = g.op('Exp', [g.op('Min', [x, number(g, 20)])]);
  const n = g.op('Mul', [e, g.op('Add', [e, number(g, 2)])]);
  return g.op('Mul', [x, g.op('Div', [n, g.op('Add', [n, number(g, 2)])])]);
};
const softShrink: Activation = (g, x) => {
  const above = g.op('Max', [g.op('Sub', [x, number(g, 0.5)]), number(g, 0)]);
  return g.op('Add', [above, g.op('Min', [g.op('Add', [x, number(g, 0.5)]), number(g, 0)])]);
};

/**
 * Activations by the name in a hypernetwork's file: the webui's own list, where `swish` is the hard one, then PyTorch's classes
 * in small letters, as they act outside training and with their defaults.
 */
export const activations: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: (g, x) => g.op('Relu', [x]),
  leakyrelu: leaky(0.01),
  elu: elu(1),
  swish: hardSwish,
  tanh: (g, x) => g.op('Tanh', [x]),
  sigmoid: (g, x) => g.op('Sigmoid', [x]),
  celu: elu(1),
  gelu: (g, x) => g.op('Gelu', [x]),
  hardsigmoid: hardSigmoid,
  hardswish: hardSwish,
  hardtanh: (g, x) => clip(g, x, -1, 1),
  mish,
  relu6: (g, x) => clip(g, x, 0, 6),
  rrelu: leaky((1 / 8 + 1 / 3) / 2),
  selu,
  silu: (g, x) => g.op('QuickGelu', [x], { alpha: 1 }),
  softshrink: softShrink,
  softsign: (g, x) => g.op('Div', [x, g.op('Add', [g.op('Abs', [x]), number(g, 1)])]),
  tanhshrink: (g, x) => g.op('Sub', [x, g.op('Tanh', [x])]),
};
