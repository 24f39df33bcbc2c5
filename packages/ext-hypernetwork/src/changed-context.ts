import { channelsOf } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { activations } from './activations.js';
import { weightName } from './add-weights.js';
import type { ActiveHypernetwork, HyperPart } from './hypernetwork.js';

/** Name of the graph input for the strength of the `at`-th hypernetwork. */
export const multiplierInput = (at: number): string => `armature.hypernetwork.${at}`;

interface EmittedLayer {
  readonly kind: 'linear' | 'norm';
  readonly weight: GraphValue;
  readonly bias: GraphValue;
}
/** What a graph holds of hypernetworks already: every attention of one width uses the same tensors. */
const emitted = new WeakMap<GraphBuilder, Map<string, unknown>>();

/**
 * What keys or values of attention are made of, x → x + network(x) · multiplier for each hypernetwork of its width, in order
 * (the webui's `apply_hypernetworks`).
 */
export function changedContext(g: GraphBuilder, context: GraphValue, part: HyperPart, active: readonly ActiveHypernetwork[]): GraphValue {
  let changed = context;
  for (const at of active.keys()) changed = changedBy(g, changed, part, active, at);
  return changed;
}

function changedBy(g: GraphBuilder, x: GraphValue, part: HyperPart, active: readonly ActiveHypernetwork[], at: number): GraphValue {
  const { network } = active[at] as ActiveHypernetwork;
  const width = channelsOf(g, x, -1);
  const layers = network.layers.get(width)?.[part];
  if (!layers) return x;
  const tensors = once(g, `${at} ${width} ${part}`, () =>
    layers.map(({ kind, weight, bias }, layer) => ({
      kind,
      weight: g.weight(weightName(at, layer, 'weight'), weight.shape),
      bias: g.weight(weightName(at, layer, 'bias'), bias.shape),
    })),
  );
  const multiplier = once(g, `${at}`, () => g.input(multiplierInput(at), 'float32', [1]));
  const rows = g.op('Reshape', [x, g.constant([-1, width], 'int64')]);
  const result = emitLayers(g, rows, tensors, network);
  return g.op('Add', [x, g.op('Reshape', [g.op('Mul', [result, multiplier]), g.op('Shape', [x])])]);
}

function emitLayers(
  g: GraphBuilder,
  rows: GraphValue,
  layers: readonly EmittedLayer[],
  { activation, activateOutput }: ActiveHypernetwork['network'],
): GraphValue {
  const act = activations[activation] as (typeof activations)[string];
  const last = layers.findLastIndex(({ kind }) => kind === 'linear');
  return layers.reduce((x, { kind, weight, bias }, at) => {
    if (kind === 'norm') return g.op('LayerNormalization', [x, weight, bias], { axis: -1, epsilon: 1e-5 });
    const product = g.op('Gemm', [x, weight, bias], { transB: 1 });
    return at < last || activateOutput ? act(g, product) : product;
  }, rows);
}

function once<T>(g: GraphBuilder, what: string, make: () => T): T {
  const known = emitted.get(g) ?? new Map<string, unknown>();
  emitted.set(g, known);
  if (!known.has(what)) known.set(what, make());
  return known.get(what) as T;
}
