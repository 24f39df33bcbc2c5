import type { OpenClipTextConfig } from '@armature/nn';
import type { SidecarReader } from './sidecar-reader.js';
import type { WeightShapes } from './weight-shapes.js';

/** Channels of one head in every OpenCLIP text tower that was published. */
const HEAD_CHANNELS = 64;

/** What a family takes of the tower. */
type Taken = Pick<OpenClipTextConfig, 'normalised'> & { readonly pools: boolean };

/** The dimensions of an OpenCLIP text tower: its heads from its description, the rest from its tensors' shapes. */
export function openClipDimensions(
  shapes: WeightShapes,
  prefix: string,
  config: SidecarReader,
  { normalised, pools }: Taken,
): OpenClipTextConfig {
  const length = (key: string, axis: number) => shapes.length(`${prefix}${key}`, axis, 2, 'text-encoder');
  const width = length('token_embedding.weight', 1);
  const heads = config.count('text_cfg', 'heads') ?? Math.max(1, Math.floor(width / HEAD_CHANNELS));
  if (width % heads !== 0) shapes.config(`its text encoder's width ${width} does not divide into ${heads} heads: check text_cfg.heads`);
  return {
    width,
    heads,
    layers: shapes.countModules(`${prefix}transformer.resblocks`),
    intermediate: length('transformer.resblocks.0.mlp.c_fc.weight', 0),
    vocabulary: length('token_embedding.weight', 0),
    positions: length('positional_embedding', 0),
    skipped: 1,
    normalised,
    ...(pools && { projection: length('text_projection', 1) }),
  };
}
