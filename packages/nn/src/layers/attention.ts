import type { GraphBuilder, GraphValue } from '@armature/sdk';

/**
 * softmax(QKᵀ/√d)·V per head (Vaswani et al. 2017): query [n,s,c], key and value [n,t,c] → [n,s,c]; heads lie side by side
 * in c. Fused: the s×t matrix never exists. `causal`: a row sees itself and those before it.
 */
export function attention(
  g: GraphBuilder,
  query: GraphValue,
  key: GraphValue,
  value: GraphValue,
  heads: number,
  { causal = false } = {},
): GraphValue {
  return g.op('MultiHeadAttention', [query, key, value], { num_heads: heads, ...(causal && { unidirectional: 1 }) });
}
