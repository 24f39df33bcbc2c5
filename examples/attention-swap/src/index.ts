import { channelsOf, linear, type UnetConfig } from '@armature/nn';
import { defineExtension, type EmitFn, field, type GraphBuilder, type GraphValue } from '@armature/sdk';

const args = {
  formula: field.choice(['Fused', 'Plain', 'Halved', 'Blind']).label('Self-attention').infotext('Self-attention'),
};

/** How the pixels of the UNet look at each other: query, key and value [n,s,c] → [n,s,c]. */
type Formula = (g: GraphBuilder, query: GraphValue, key: GraphValue, value: GraphValue, heads: number) => GraphValue;

/** softmax(QKᵀ/√d)·V written down as it stands in the paper (Vaswani et al. 2017): the whole matrix exists. */
const plain: Formula = (g, query, key, value, heads) => {
  const width = channelsOf(g, query, -1);
  const split = (tokens: GraphValue, perm: readonly number[]) =>
    g.op('Transpose', [g.op('Reshape', [tokens, g.constant([0, -1, heads, width / heads], 'int64')])], { perm });
  const scores = g.op('MatMul', [split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1])]);
  const shares = g.op('Softmax', [g.op('Mul', [scores, g.constant([1 / Math.sqrt(width / heads)], 'float32', [])])], { axis: -1 });
  const seen = g.op('Transpose', [g.op('MatMul', [shares, split(value, [0, 2, 1, 3])])], { perm: [0, 2, 1, 3] });
  return g.op('Reshape', [seen, g.constant([0, -1, width], 'int64')]);
};

/** Every other token is looked at: half the matrix (token downsampling, Smith et al. 2024, along one axis). */
const halved: Formula = (g, query, key, value, heads) => {
  const half = (tokens: GraphValue) => g.op('Slice', [tokens, ...[0, 2 ** 31 - 1, 1, 2].map((number) => g.constant([number], 'int64'))]);
  return g.op('MultiHeadAttention', [query, half(key), half(value)], { num_heads: heads });
};

/** Each token sees itself alone: what perturbed-attention guidance calls the degraded prediction (Ahn et al. 2024). */
const blind: Formula = (_g, _query, _key, value) => value;

const formulas = { Plain: plain, Halved: halved, Blind: blind } as const;

/** Every self-attention of the UNet, emitted by another formula over the same weights. */
export default defineExtension({
  args,
  setup({ hooks }) {
    hooks.graph.module.tap(
      // The variant is part of the session's key: another formula, another session; the same again comes from the pool.
      { path: 'unet.**.attn1', variant: ({ args: { formula } }) => (formula === 'Fused' ? undefined : formula) },
      (_inner, { args: { formula }, plan }) => {
        if (formula === 'Fused') return;
        return selfAttention(formulas[formula], plan.config as unknown as UnetConfig);
      },
    );
  },
});

/** `CrossAttention` of a module path `…attn1`: the names of its layers are the keys of its weights. */
const selfAttention =
  (formula: Formula, { heads }: UnetConfig): EmitFn =>
  (g, tokens, context) => {
    if (!tokens || !context) throw new RangeError(`${g.path} was given no tokens`);
    const width = channelsOf(g, tokens, -1);
    const [query, key, value] = (['to_q', 'to_k', 'to_v'] as const).map((name, at) =>
      linear(g, name, at === 0 ? tokens : context, width, { bias: false }),
    ) as [GraphValue, GraphValue, GraphValue];
    const count = 'count' in heads ? heads.count : width / heads.channels;
    return linear(g, 'to_out.0', formula(g, query, key, value, count), width);
  };
