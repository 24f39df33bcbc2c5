import type { ClipTextConfig } from '@armature/nn';
import type { SidecarReader } from './sidecar-reader.js';
import type { WeightShapes } from './weight-shapes.js';

/** Channels of one head in every CLIP that was published. */
const HEAD_CHANNELS = 64;

/** The dimensions of a CLIP text tower: heads and activation from its config.json, the rest from its tensors' shapes. */
export function clipDimensions(shapes: WeightShapes, prefix: string, config: SidecarReader): ClipTextConfig {
  const matrix = (key: string, axis: number) => shapes.length(`${prefix}${key}.weight`, axis, 2, 'text-encoder');
  const width = matrix('embeddings.token_embedding', 1);
  const heads = config.count('num_attention_heads') ?? Math.max(1, Math.floor(width / HEAD_CHANNELS));
  const activation = config.text('hidden_act') ?? 'quick_gelu';
  if (width % heads !== 0)
    shapes.config(`its text encoder's width ${width} does not divide into ${heads} heads: check num_attention_heads`);
  if (activation !== 'quick_gelu' && activation !== 'gelu')
    shapes.config(`its text encoder's hidden_act is ${activation}, known are quick_gelu and gelu`);
  return {
    width,
    heads,
    activation: activation as ClipTextConfig['activation'],
    layers: shapes.countModules(`${prefix}encoder.layers`),
    intermediate: matrix('encoder.layers.0.mlp.fc1', 0),
    vocabulary: matrix('embeddings.token_embedding', 0),
    positions: matrix('embeddings.position_embedding', 0),
  };
}
