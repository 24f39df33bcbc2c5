/** A module of a checkpoint and the keys of its tensors. */
export interface ModelModule {
  /** `diffusion_model_input_blocks_1_1_proj_in`, `transformer_text_model_encoder_layers_0_mlp_fc1`. */
  readonly name: string;
  readonly weight: string;
  readonly bias: string | undefined;
  /** Third of a joined projection of queries, keys and values. */
  readonly third?: 0 | 1 | 2;
}

/** Start of a key → how the names of the reference begin. */
const places: readonly (readonly [start: RegExp, name: string])[] = [
  [/^model\.diffusion_model\./, 'diffusion_model.'],
  [/^cond_stage_model\.transformer\.(?!text_model\.)/, 'transformer.text_model.'],
  [/^cond_stage_model\./, ''],
  [/^conditioner\.embedders\./, ''],
];
const embeddings = /(?:token_embedding|position_embedding)$/;

/** Lists what of a checkpoint can be changed: linear layers, convolutions and norms of the UNet and the text encoders. */
export function modelModules(keys: Iterable<string>): ReadonlyMap<string, ModelModule> {
  const all = new Set(keys);
  const modules = new Map<string, ModelModule>();
  for (const key of all) {
    const [, path, ending] = /^(.*?)(\.weight|\.in_proj_weight)$/.exec(key) ?? [];
    const place = path && places.find(([start]) => start.test(key));
    if (!path || !place || embeddings.test(path)) continue;
    const name = path.replace(place[0], place[1]).replaceAll('.', '_');
    const bias = ending === '.weight' ? `${path}.bias` : `${path}.in_proj_bias`;
    modules.set(name, { name, weight: key, bias: all.has(bias) ? bias : undefined });
  }
  return modules;
}

/** Whether a checkpoint's text encoder is OpenCLIP's alone, as in SD 2.x. */
export const isSd2 = (modules: ReadonlyMap<string, ModelModule>): boolean =>
  [...modules.keys()].some((name) => name.startsWith('model_transformer_resblocks'));
