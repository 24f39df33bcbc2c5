import { type GraphBuilder } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type ClipLayerOptions, clipLayer } from '../blocks/clip-layer.js';
import { layerNorm } from '../layers/layer-norm.js';

/** Dimensions of CLIP's text tower in the layout of `CLIPTextModel`. */
export interface ClipTextConfig extends ClipLayerOptions {
  readonly width: number;
  readonly layers: number;
  readonly vocabulary: number;
  /** Tokens of one chunk. */
  readonly positions: number;
  /** Which hidden state from the end is taken when the plan does not say; absent: 1, the last. */
  readonly clipSkip?: number;
  /** Whether the last norm is applied to it; absent: yes. */
  readonly normalised?: boolean;
}

/** `ids` [n,s] int64 → `embeddings` [n,s,c], without positions. */
export async function tokenEmbedding(g: GraphBuilder, { vocabulary, width, positions }: ClipTextConfig): Promise<void> {
  const ids = g.input('ids', 'int64', ['n', positions]);
  const table = g.module('embeddings.token_embedding', [ids], (g, ids) => g.op('Gather', [g.weight('weight', [vocabulary, width]), ids], { axis: 0 }));
  g.output('embeddings', table);
}

/**
 * CLIP's text tower (Radford et al. 2021): `embeddings` [n,s,c] of tokens, without positions → `hidden` [n,s,c].
 * The plan's variant `clipSkip` k takes the k-th hidden state from the end (`CLIP_stop_at_last_layers`).
 */
export async function clipText(g: GraphBuilder, config: ClipTextConfig): Promise<void> {
  const { width, positions } = config;
  const embeddings = g.input('embeddings', 'float32', ['n', positions, width]);
  let tokens = g.module('embeddings.position_embedding', [embeddings], (g, tokens) => g.op('Add', [tokens, g.weight('weight', [positions, width])]));
  for (let at = 0; at < layersToRun(g, config); at++) {
    tokens = clipLayer(g, `encoder.layers.${at}`, tokens, config);
    await g.pause();
  }
  g.output('hidden', config.normalised === false ? tokens : layerNorm(g, 'final_layer_norm', tokens));
}

function layersToRun(g: GraphBuilder, { layers, clipSkip = 1 }: ClipTextConfig): number {
  const skip = g.plan.variants.clipSkip ?? clipSkip;
  if (typeof skip === 'number' && Number.isInteger(skip) && skip >= 1 && skip <= layers + 1) return layers + 1 - skip;
  throw new HostError('REQUEST_INVALID', { field: 'CLIP_stop_at_last_layers', problem: `this text encoder has ${layers} layers`, seen: skip });
}
