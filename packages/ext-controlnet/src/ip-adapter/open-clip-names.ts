import type { WeightEntry, WeightMap } from '@armature/sdk';

/** OpenCLIP's names outside of the layers, and those of transformers. */
const single: Readonly<Record<string, string>> = {
  'visual.class_embedding': 'vision_model.embeddings.class_embedding',
  'visual.conv1.weight': 'vision_model.embeddings.patch_embedding.weight',
  'visual.positional_embedding': 'vision_model.embeddings.position_embedding.weight',
  'visual.ln_pre.weight': 'vision_model.pre_layrnorm.weight',
  'visual.ln_pre.bias': 'vision_model.pre_layrnorm.bias',
  'visual.ln_post.weight': 'vision_model.post_layernorm.weight',
  'visual.ln_post.bias': 'vision_model.post_layernorm.bias',
};
const inLayer: Readonly<Record<string, string>> = {
  ln_1: 'layer_norm1',
  ln_2: 'layer_norm2',
  'attn.out_proj': 'self_attn.out_proj',
  'mlp.c_fc': 'mlp.fc1',
  'mlp.c_proj': 'mlp.fc2',
};

/** A vision tower of OpenCLIP under the names of transformers. Query, key and value, which lie in one matrix, are read from their place in it. */
export function openClipVision(file: WeightMap): ReadonlyMap<string, WeightEntry> {
  const found = new Map<string, WeightEntry>();
  const put = (key: string, entry: WeightEntry) => found.set(key, { ...entry, key });
  for (const name of file.keys) {
    const entry = file.get(name)!;
    const [, layer, module, end] = /^visual\.transformer\.resblocks\.(\d+)\.(.+)[._](weight|bias)$/.exec(name) ?? [];
    if (single[name]) put(single[name], entry);
    else if (name === 'visual.proj') put('visual_projection.weight', transposed(entry));
    else if (module === 'attn.in_proj')
      for (const [at, part] of ['q_proj', 'k_proj', 'v_proj'].entries())
        put(`vision_model.encoder.layers.${layer}.self_attn.${part}.${end}`, third(entry, at));
    else if (module && inLayer[module]) put(`vision_model.encoder.layers.${layer}.${inLayer[module]}.${end}`, entry);
  }
  return found;
}

/** One third of the rows. */
function third(entry: WeightEntry, at: number): WeightEntry {
  const { stored, shape, key, dtype } = entry;
  const [rows = 0, ...inner] = shape;
  const bytes = stored && stored.byteLength / 3;
  return {
    key,
    dtype,
    shape: [rows / 3, ...inner],
    ...(stored && bytes !== undefined && { stored: { path: stored.path, offset: stored.offset + at * bytes, byteLength: bytes } }),
    async read() {
      const values = await entry.read();
      return values.slice((at * values.length) / 3, ((at + 1) * values.length) / 3);
    },
  };
}

function transposed(entry: WeightEntry): WeightEntry {
  const [rows = 0, columns = 0] = entry.shape;
  return {
    key: entry.key,
    dtype: 'F32',
    shape: [columns, rows],
    async read() {
      const values = await entry.read();
      return Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
    },
  };
}
