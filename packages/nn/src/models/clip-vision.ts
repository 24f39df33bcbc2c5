import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { type ClipLayerOptions, clipLayer } from '../blocks/clip-layer.js';
import { channelsOf } from '../layers/channels-of.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import { repeatRows } from '../layers/repeat-rows.js';

/** Dimensions of CLIP's vision tower in the layout of `CLIPVisionModelWithProjection`. */
export interface ClipVisionConfig extends Omit<ClipLayerOptions, 'causal'> {
  readonly width: number;
  readonly layers: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Patches along a side of the picture. */
  readonly grid: number;
  /** Width of `embeds`. */
  readonly projection: number;
}

/**
 * CLIP's vision tower (Radford et al. 2021): `pixels` [n,3,h,w], normalised as it was trained → `embeds` [n,p], the picture as one
 * vector beside those of texts, or `hidden` [n,1+patches,c], the state before the last layer (`hidden_states[-2]`).
 */
export async function clipVision(g: GraphBuilder, config: ClipVisionConfig, output: 'embeds' | 'hidden'): Promise<void> {
  const { layers, patch, grid } = config;
  const pixels = g.input('pixels', 'float32', ['n', 3, patch * grid, patch * grid]);
  const placed = g.module('vision_model.embeddings', [pixels], (g, pixels) => placedPatches(g, pixels, config));
  let tokens = layerNorm(g, 'vision_model.pre_layrnorm', placed);
  for (let at = 0; at < (output === 'hidden' ? layers - 1 : layers); at++) {
    tokens = clipLayer(g, `vision_model.encoder.layers.${at}`, tokens, { ...config, causal: false });
    await g.pause();
  }
  g.output(output, output === 'hidden' ? tokens : projected(g, tokens, config.projection));
}

/** A token for the whole picture, then its patches row by row, each with its position. */
function placedPatches(g: GraphBuilder, pixels: GraphValue, { width, patch, grid }: ClipVisionConfig): GraphValue {
  const ints = (...values: number[]) => g.constant(values, 'int64');
  const squares = g.module('patch_embedding', [pixels], (g, pixels) =>
    g.op('Conv', [pixels, g.weight('weight', [width, 3, patch, patch])], { strides: [patch, patch], pads: [0, 0, 0, 0] }),
  );
  const patches = g.op('Transpose', [g.op('Reshape', [squares, ints(0, width, grid * grid)])], { perm: [0, 2, 1] });
  const whole = repeatRows(g, g.op('Reshape', [g.weight('class_embedding', [width]), ints(1, 1, width)]), patches);
  const positions = g.module('position_embedding', [], (g) => g.weight('weight', [1 + grid * grid, width]));
  return g.op('Add', [g.op('Concat', [whole, patches], { axis: 1 }), positions]);
}

/** The token of the whole picture, normalised and projected. */
function projected(g: GraphBuilder, tokens: GraphValue, projection: number): GraphValue {
  const ints = (...values: number[]) => g.constant(values, 'int64');
  const whole = g.op('Reshape', [g.op('Slice', [tokens, ints(0), ints(1), ints(1)]), ints(-1, channelsOf(g, tokens, -1))]);
  return linear(g, 'visual_projection', layerNorm(g, 'vision_model.post_layernorm', whole), projection, { bias: false });
}
