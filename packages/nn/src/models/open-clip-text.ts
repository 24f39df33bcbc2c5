import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { type OpenClipLayerOptions, openClipLayer } from '../blocks/open-clip-layer.js';
import { layerNorm } from '../layers/layer-norm.js';

/** Dimensions of OpenCLIP's text tower, and what is taken of it. */
export interface OpenClipTextConfig extends OpenClipLayerOptions {
  readonly width: number;
  readonly layers: number;
  readonly vocabulary: number;
  /** Tokens of one chunk. */
  readonly positions: number;
  /** The hidden state comes from so many layers before the end: 1 in every published family. */
  readonly skipped: number;
  /** Whether the last norm is applied to it (SD 2.x) or not (SDXL). */
  readonly normalised: boolean;
  /** Width of the pooled vector; absent: the tower gives none. */
  readonly projection?: number;
}

/** `ids` [n,s] int64 → `embeddings` [n,s,c], without positions. */
export async function openClipEmbedding(g: GraphBuilder, { vocabulary, width, positions }: OpenClipTextConfig): Promise<void> {
  const ids = g.input('ids', 'int64', ['n', positions]);
  const table = g.module('token_embedding', [ids], (g, ids) => g.op('Gather', [g.weight('weight', [vocabulary, width]), ids], { axis: 0 }));
  g.output('embeddings', table);
}

/**
 * OpenCLIP's text tower (Cherti et al. 2023): `embeddings` [n,s,c] of tokens, without positions → `hidden` [n,s,c], the state
 * before the last layer. With a projection also `pool` [n,s], 1 at the token that ends the text and 0 elsewhere → `pooled` [n,p].
 */
export async function openClipText(g: GraphBuilder, config: OpenClipTextConfig): Promise<void> {
  const { width, positions, layers, skipped, normalised, projection } = config;
  const embeddings = g.input('embeddings', 'float32', ['n', positions, width]);
  let tokens = g.op('Add', [embeddings, g.weight('positional_embedding', [positions, width])]);
  let hidden = tokens;
  for (let at = 0; at < (projection === undefined ? layers - skipped : layers); at++) {
    tokens = openClipLayer(g, `transformer.resblocks.${at}`, tokens, config);
    if (at < layers - skipped) hidden = tokens;
    await g.pause();
  }
  g.output('hidden', normalised ? layerNorm(g, 'ln_final', hidden) : hidden);
  if (projection !== undefined) g.output('pooled', pooled(g, layerNorm(g, 'ln_final', tokens), projection, config));
}

/** The state of the marked token, projected: [n,s,c] → [n,p]. */
function pooled(g: GraphBuilder, tokens: GraphValue, projection: number, { width, positions }: OpenClipTextConfig): GraphValue {
  const pool = g.input('pool', 'float32', ['n', positions]);
  const marks = g.op('Reshape', [pool, g.constant([-1, 1, positions], 'int64')]);
  const state = g.op('Reshape', [g.op('MatMul', [marks, tokens]), g.constant([-1, width], 'int64')]);
  return g.op('Gemm', [state, g.weight('text_projection', [width, projection])]);
}
