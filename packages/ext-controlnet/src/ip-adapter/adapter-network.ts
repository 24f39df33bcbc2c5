import { attention, gelu, layerNorm, linear, repeatRows } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { type AdapterFile, layerNumber, projectionShape } from './adapter-file.js';

/** Channels of a head of the resampler; the file has only their sum. */
const headWidth = 64;

/**
 * IP-Adapter (Ye et al. 2023): `pictures`, encoded pictures [m,w] or [m,p,w] → `k0` `v0` …, keys and values [n,t,c] for each
 * cross-attention of a UNet. `mix` [n,m]: the share that every row has in the pictures' tokens, so that positive rows see their mean
 * and negative ones the last, an empty picture.
 */
export async function adapterNetwork(g: GraphBuilder, file: AdapterFile): Promise<void> {
  const { sees, imageWidth, contextWidth, widths } = file;
  const pictures = g.input('pictures', 'float32', sees === 'embeds' ? ['m', imageWidth] : ['m', 'p', imageWidth]);
  const mix = g.input('mix', 'float32', ['n', 'm']);
  const tokens = mixed(
    g,
    g.module('image_proj', [pictures], (g, pictures) => projected(g, pictures, file)),
    mix,
    contextWidth,
  );
  for (const [at, width] of widths.entries()) {
    const layer = `ip_adapter.${layerNumber(at)}`;
    g.output(`k${at}`, linear(g, `${layer}.to_k_ip`, tokens, width, { bias: false }));
    g.output(`v${at}`, linear(g, `${layer}.to_v_ip`, tokens, width, { bias: false }));
    await g.pause();
  }
}

/** Tokens [m,t,c] as each row sees them, [n,t,c]. */
function mixed(g: GraphBuilder, tokens: GraphValue, mix: GraphValue, width: number): GraphValue {
  const flat = g.op('Reshape', [tokens, g.constant([0, -1], 'int64')]);
  const shape = g.op('Concat', [g.op('Shape', [mix], { start: 0, end: 1 }), g.constant([-1, width], 'int64')], { axis: 0 });
  return g.op('Reshape', [g.op('Gemm', [mix, flat]), shape]);
}

function projected(g: GraphBuilder, pictures: GraphValue, file: AdapterFile): GraphValue {
  if (file.projection === 'resampler') return resampled(g, pictures, file);
  if (file.projection === 'mlp') return ofPatches(g, pictures, file);
  const joined = linear(g, 'proj', pictures, projectionShape(file, 'proj.weight')[0]!);
  return layerNorm(g, 'norm', g.op('Reshape', [joined, g.constant([0, -1, file.contextWidth], 'int64')]));
}

/** Each patch becomes a token (`MLPProjModel`). */
function ofPatches(g: GraphBuilder, patches: GraphValue, { imageWidth, contextWidth }: AdapterFile): GraphValue {
  const hidden = gelu(g, linear(g, 'proj.0', patches, imageWidth));
  return layerNorm(g, 'proj.3', linear(g, 'proj.2', hidden, contextWidth));
}

/** Learnt questions look at the patches and at themselves (Alayrac et al. 2022, perceiver resampler). */
function resampled(g: GraphBuilder, patches: GraphValue, file: AdapterFile): GraphValue {
  const [, questions = 0, width = 0] = projectionShape(file, 'latents');
  const seen = linear(g, 'proj_in', patches, width);
  let tokens = repeatRows(g, g.weight('latents', [1, questions, width]), seen);
  for (let at = 0; projectionShape(file, `layers.${at}.0.to_q.weight`).length > 0; at++) {
    const [inner = 0] = projectionShape(file, `layers.${at}.0.to_q.weight`);
    tokens = g.op('Add', [asked(g, `layers.${at}.0`, seen, tokens, inner), tokens]);
    tokens = g.op('Add', [feedForward(g, `layers.${at}.1`, tokens, projectionShape(file, `layers.${at}.1.1.weight`)[0]!), tokens]);
  }
  return layerNorm(g, 'norm_out', linear(g, 'proj_out', tokens, file.contextWidth));
}

function asked(g: GraphBuilder, name: string, patches: GraphValue, tokens: GraphValue, inner: number): GraphValue {
  return g.module(name, [patches, tokens], (g, patches, tokens) => {
    const questions = layerNorm(g, 'norm2', tokens);
    const both = linear(g, 'to_kv', g.op('Concat', [layerNorm(g, 'norm1', patches), questions], { axis: 1 }), 2 * inner, { bias: false });
    const part = (at: number) => g.op('Slice', [both, ...[at * inner, (at + 1) * inner, 2].map((end) => g.constant([end], 'int64'))]);
    const query = linear(g, 'to_q', questions, inner, { bias: false });
    const found = attention(g, query, part(0), part(1), inner / headWidth);
    return linear(g, 'to_out', found, tokens.shape[2] as number, { bias: false });
  });
}

function feedForward(g: GraphBuilder, name: string, tokens: GraphValue, inner: number): GraphValue {
  return g.module(name, [tokens], (g, tokens) => {
    const hidden = gelu(g, linear(g, '1', layerNorm(g, '0', tokens), inner, { bias: false }));
    return linear(g, '3', hidden, tokens.shape[2] as number, { bias: false });
  });
}
