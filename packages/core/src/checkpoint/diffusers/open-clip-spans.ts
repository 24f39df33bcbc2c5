import type { TensorSpan } from '../safetensors-header.js';

const direct: Readonly<Record<string, string>> = {
  'embeddings.token_embedding.weight': 'token_embedding.weight',
  'embeddings.position_embedding.weight': 'positional_embedding',
  'final_layer_norm.weight': 'ln_final.weight',
  'final_layer_norm.bias': 'ln_final.bias',
};

const inside: readonly (readonly [string, string])[] = [
  ['layer_norm1.', 'ln_1.'],
  ['layer_norm2.', 'ln_2.'],
  ['mlp.fc1.', 'mlp.c_fc.'],
  ['mlp.fc2.', 'mlp.c_proj.'],
  ['self_attn.out_proj.', 'attn.out_proj.'],
];

/**
 * The tensors of a text encoder in the layout of transformers as those of OpenCLIP: three projections become one, the projection of
 * the pooled text is transposed. `key` of each result has no prefix.
 */
export function openClipSpans(spans: ReadonlyMap<string, TensorSpan>): readonly TensorSpan[] {
  const made: TensorSpan[] = [];
  for (const [name, span] of spans) {
    const key = name.replace(/^text_model\./, '');
    if (key === 'text_projection.weight') made.push(transposed(span));
    else if (direct[key] !== undefined) made.push({ ...span, key: direct[key] });
    else made.push(...layerSpans(key, span, (part) => spans.get(name.replace('.q_proj.', `.${part}.`))));
  }
  return made;
}

function layerSpans(key: string, span: TensorSpan, beside: (part: string) => TensorSpan | undefined): readonly TensorSpan[] {
  const [, layer, rest] = /^encoder\.layers\.(\d+)\.(.+)$/.exec(key) ?? [];
  if (layer === undefined || rest === undefined) return [];
  const block = `transformer.resblocks.${layer}.`;
  const known = inside.find(([start]) => rest.startsWith(start));
  if (known) return [{ ...span, key: block + known[1] + rest.slice(known[0].length) }];
  const projection = /^self_attn\.q_proj\.(weight|bias)$/.exec(rest);
  const [k, v] = projection ? [beside('k_proj'), beside('v_proj')] : [];
  return k && v ? [joined(`${block}attn.in_proj_${projection?.[1]}`, [span, k, v])] : [];
}

/** One behind the other along the first axis. */
function joined(key: string, parts: readonly [TensorSpan, ...TensorSpan[]]): TensorSpan {
  const [first] = parts;
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  return { ...first, key, shape: [rows, ...first.shape.slice(1)], byteLength, parts };
}

function transposed(span: TensorSpan): TensorSpan {
  const [rows = 0, columns = 0] = span.shape;
  return { ...span, key: 'text_projection', shape: [columns, rows], stride: [1, columns], reach: rows * columns };
}
