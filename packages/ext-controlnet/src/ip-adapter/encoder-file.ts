import type { ClipVisionConfig } from '@armature/nn';
import { HostError, type WeightEntry, type WeightMap } from '@armature/sdk';
import { namedWeights } from '../files/named-weights.js';
import { openClipVision } from './open-clip-names.js';

/** Every published vision tower has so many heads; the file has only their sum. */
const heads = 16;

/** An image encoder's file: its tensors under the names of `CLIPVisionModelWithProjection`, and the dimensions they have. */
export interface EncoderFile {
  readonly config: ClipVisionConfig;
  readonly weights: WeightMap;
}

/** Reads an encoder in the layout of transformers (`vision_model.*`) or of OpenCLIP (`visual.*`). @throws HostError CONTROL_MODEL_UNKNOWN */
export function readEncoderFile(file: WeightMap, path: string): EncoderFile {
  const entries = file.keys.has('visual.class_embedding') ? openClipVision(file) : entriesOf(file);
  const shape = (key: string): readonly number[] =>
    entries.get(key)?.shape ?? unknown(path, [...file.keys].slice(0, 3).join(', ') || 'no tensors');
  const [width = 0, , patch = 0] = shape('vision_model.embeddings.patch_embedding.weight');
  const [positions = 0] = shape('vision_model.embeddings.position_embedding.weight');
  let layers = 0;
  while (entries.has(`vision_model.encoder.layers.${layers}.layer_norm1.weight`)) layers++;
  const [intermediate = 0] = shape('vision_model.encoder.layers.0.mlp.fc1.weight');
  const [projection = 0] = shape('visual_projection.weight');
  // ViT-L is the one tower that OpenAI trained itself.
  const activation = width === 1024 && layers === 24 ? 'quick_gelu' : 'gelu';
  const config = { width, layers, heads, intermediate, activation, patch, grid: Math.round(Math.sqrt(positions - 1)), projection } as const;
  return { config, weights: namedWeights(entries) };
}

function entriesOf(file: WeightMap): ReadonlyMap<string, WeightEntry> {
  return new Map([...file.keys].flatMap((key) => (file.get(key) ? [[key, file.get(key)!] as const] : [])));
}

function unknown(path: string, seen: string): never {
  throw new HostError('CONTROL_ENCODER_UNKNOWN', { path, seen });
}
