// The tensors of checkpoints in the layout of LDM: keys, shapes and how wild their random values may be.

const SCHEDULE = [
  'alphas_cumprod',
  'alphas_cumprod_prev',
  'betas',
  'log_one_minus_alphas_cumprod',
  'posterior_log_variance_clipped',
  'posterior_mean_coef1',
  'posterior_mean_coef2',
  'posterior_variance',
  'sqrt_alphas_cumprod',
  'sqrt_one_minus_alphas_cumprod',
  'sqrt_recip_alphas_cumprod',
  'sqrt_recipm1_alphas_cumprod',
];

/**
 * One tensor. `kind`: `matrix` values have a deviation of gain/√fan-in, so that activations keep their size; `one` and
 * `zero` are constant; `schedule` and `positions` are what their name says.
 * @typedef {{ key: string, dtype: 'F16' | 'F32' | 'I64', shape: number[], kind: string, gain: number }} LayoutEntry
 */

/** Collects tensors below a prefix. */
class Layout {
  /** @type {LayoutEntry[]} */
  entries = [];

  add(key, shape, kind, gain = 1, dtype = 'F16') {
    this.entries.push({ key, dtype, shape, kind, gain });
  }

  linear(key, out, inner, { bias = true, gain = 1 } = {}) {
    this.add(`${key}.weight`, [out, inner], 'matrix', gain);
    if (bias) this.add(`${key}.bias`, [out], 'zero');
  }

  conv(key, out, inner, kernel = 3, gain = 1) {
    this.add(`${key}.weight`, [out, inner, kernel, kernel], 'matrix', gain);
    this.add(`${key}.bias`, [out], 'zero');
  }

  norm(key, width) {
    this.add(`${key}.weight`, [width], 'one');
    this.add(`${key}.bias`, [width], 'zero');
  }
}

/** What ends a residual branch is quiet, so that the sum over all blocks stays small. */
const QUIET = 0.3;

function resBlock(layout, key, inner, out, embedding) {
  layout.norm(`${key}.in_layers.0`, inner);
  layout.conv(`${key}.in_layers.2`, out, inner);
  layout.linear(`${key}.emb_layers.1`, out, embedding);
  layout.norm(`${key}.out_layers.0`, out);
  layout.conv(`${key}.out_layers.3`, out, out, 3, QUIET);
  if (inner !== out) layout.conv(`${key}.skip_connection`, out, inner, 1);
}

function transformerBlock(layout, block, width, context) {
  for (const [name, inner] of [
    ['attn1', width],
    ['attn2', context],
  ]) {
    layout.linear(`${block}.${name}.to_q`, width, width, { bias: false });
    layout.linear(`${block}.${name}.to_k`, width, inner, { bias: false });
    layout.linear(`${block}.${name}.to_v`, width, inner, { bias: false });
    layout.linear(`${block}.${name}.to_out.0`, width, width, { gain: QUIET });
  }
  layout.linear(`${block}.ff.net.0.proj`, 8 * width, width);
  layout.linear(`${block}.ff.net.2`, width, 4 * width, { gain: QUIET });
  for (const at of [1, 2, 3]) layout.norm(`${block}.norm${at}`, width);
}

function transformer(layout, key, width, { context, linear, depth }) {
  const project = (name, gain) =>
    linear ? layout.linear(`${key}.${name}`, width, width, { gain }) : layout.conv(`${key}.${name}`, width, width, 1, gain);
  layout.norm(`${key}.norm`, width);
  project('proj_in', 1);
  for (let at = 0; at < depth; at++) transformerBlock(layout, `${key}.transformer_blocks.${at}`, width, context);
  project('proj_out', QUIET);
}

function embeddingMlp(layout, key, inner, out) {
  layout.linear(`${key}.0`, out, inner);
  layout.linear(`${key}.2`, out, out);
}

/** The UNet of a family. */
function unet(layout, { inChannels = 4, width: base, mult, depths, middleDepth, context, linear = false, vector }) {
  const root = 'model.diffusion_model';
  const embedding = 4 * base;
  const transformed = (key, width, depth) => depth > 0 && transformer(layout, key, width, { context, linear, depth });
  embeddingMlp(layout, `${root}.time_embed`, base, embedding);
  if (vector) embeddingMlp(layout, `${root}.label_emb.0`, vector, embedding);
  layout.conv(`${root}.input_blocks.0.0`, base, inChannels);
  const skips = [base];
  let width = base;
  for (const [level, times] of mult.entries()) {
    for (let block = 0; block < 2; block++) {
      const key = `${root}.input_blocks.${skips.length}`;
      resBlock(layout, `${key}.0`, width, times * base, embedding);
      width = times * base;
      transformed(`${key}.1`, width, depths[level]);
      skips.push(width);
    }
    if (level < mult.length - 1) {
      layout.conv(`${root}.input_blocks.${skips.length}.0.op`, width, width);
      skips.push(width);
    }
  }
  resBlock(layout, `${root}.middle_block.0`, width, width, embedding);
  transformed(`${root}.middle_block.1`, width, middleDepth);
  resBlock(layout, `${root}.middle_block.2`, width, width, embedding);
  for (let at = 0; at < 3 * mult.length; at++) {
    const level = mult.length - 1 - Math.floor(at / 3);
    const key = `${root}.output_blocks.${at}`;
    const out = mult[level] * base;
    resBlock(layout, `${key}.0`, width + skips.pop(), out, embedding);
    width = out;
    transformed(`${key}.1`, width, depths[level]);
    if (at % 3 === 2 && level > 0) layout.conv(`${key}.${depths[level] > 0 ? 2 : 1}.conv`, width, width);
  }
  layout.norm(`${root}.out.0`, base);
  layout.conv(`${root}.out.2`, 4, base);
}

function vaeResBlock(layout, key, inner, out) {
  layout.norm(`${key}.norm1`, inner);
  layout.conv(`${key}.conv1`, out, inner);
  layout.norm(`${key}.norm2`, out);
  layout.conv(`${key}.conv2`, out, out, 3, QUIET);
  if (inner !== out) layout.conv(`${key}.nin_shortcut`, out, inner, 1);
}

function vaeMiddle(layout, key, width) {
  vaeResBlock(layout, `${key}.block_1`, width, width);
  layout.norm(`${key}.attn_1.norm`, width);
  for (const name of ['q', 'k', 'v', 'proj_out']) layout.conv(`${key}.attn_1.${name}`, width, width, 1, QUIET);
  vaeResBlock(layout, `${key}.block_2`, width, width);
}

/** The autoencoder that all families share but for its values. */
function vae(layout, { width: base, mult }) {
  const root = 'first_stage_model';
  layout.conv(`${root}.encoder.conv_in`, base, 3);
  let width = base;
  for (const [level, times] of mult.entries()) {
    for (let block = 0; block < 2; block++) {
      vaeResBlock(layout, `${root}.encoder.down.${level}.block.${block}`, width, times * base);
      width = times * base;
    }
    if (level < mult.length - 1) layout.conv(`${root}.encoder.down.${level}.downsample.conv`, width, width);
  }
  vaeMiddle(layout, `${root}.encoder.mid`, width);
  layout.norm(`${root}.encoder.norm_out`, width);
  layout.conv(`${root}.encoder.conv_out`, 8, width);
  layout.conv(`${root}.quant_conv`, 8, 8, 1);
  layout.conv(`${root}.post_quant_conv`, 4, 4, 1);
  layout.conv(`${root}.decoder.conv_in`, width, 4);
  vaeMiddle(layout, `${root}.decoder.mid`, width);
  for (const level of [...mult.keys()].reverse()) {
    for (let block = 0; block < 3; block++) {
      vaeResBlock(layout, `${root}.decoder.up.${level}.block.${block}`, width, mult[level] * base);
      width = mult[level] * base;
    }
    if (level > 0) layout.conv(`${root}.decoder.up.${level}.upsample.conv`, width, width);
  }
  layout.norm(`${root}.decoder.norm_out`, width);
  layout.conv(`${root}.decoder.conv_out`, 3, width, 3, QUIET);
}

/** CLIP's text tower in Hugging Face's layout. */
function clipText(layout, { root, width, layers }) {
  layout.add(`${root}.embeddings.position_ids`, [1, 77], 'positions', 1, 'I64');
  layout.add(`${root}.embeddings.position_embedding.weight`, [77, width], 'matrix', 0.3);
  layout.add(`${root}.embeddings.token_embedding.weight`, [49408, width], 'matrix');
  for (let at = 0; at < layers; at++) {
    const key = `${root}.encoder.layers.${at}`;
    for (const name of ['k_proj', 'v_proj', 'q_proj']) layout.linear(`${key}.self_attn.${name}`, width, width);
    layout.linear(`${key}.self_attn.out_proj`, width, width, { gain: QUIET });
    layout.norm(`${key}.layer_norm1`, width);
    layout.linear(`${key}.mlp.fc1`, 4 * width, width);
    layout.linear(`${key}.mlp.fc2`, width, 4 * width, { gain: QUIET });
    layout.norm(`${key}.layer_norm2`, width);
  }
  layout.norm(`${root}.final_layer_norm`, width);
}

/** OpenCLIP's text tower. */
function openClipText(layout, { root, width, layers }) {
  layout.add(`${root}.positional_embedding`, [77, width], 'matrix', 0.3);
  layout.add(`${root}.text_projection`, [width, width], 'matrix');
  layout.add(`${root}.logit_scale`, [], 'one');
  layout.add(`${root}.token_embedding.weight`, [49408, width], 'matrix');
  for (let at = 0; at < layers; at++) {
    const key = `${root}.transformer.resblocks.${at}`;
    layout.add(`${key}.attn.in_proj_weight`, [3 * width, width], 'matrix');
    layout.add(`${key}.attn.in_proj_bias`, [3 * width], 'zero');
    layout.linear(`${key}.attn.out_proj`, width, width, { gain: QUIET });
    layout.norm(`${key}.ln_1`, width);
    layout.linear(`${key}.mlp.c_fc`, 4 * width, width);
    layout.linear(`${key}.mlp.c_proj`, width, 4 * width, { gain: QUIET });
    layout.norm(`${key}.ln_2`, width);
  }
  layout.norm(`${root}.ln_final`, width);
}

/** Every tensor of a checkpoint in LDM layout. @returns {LayoutEntry[]} */
export function ldmLayout({ unet: denoiser, vae: autoencoder, clip, openClip, schedule = false }) {
  const layout = new Layout();
  if (schedule) for (const name of SCHEDULE) layout.add(name, [1000], 'schedule', 1, 'F32');
  unet(layout, denoiser);
  vae(layout, autoencoder);
  if (clip) clipText(layout, clip);
  if (openClip) openClipText(layout, openClip);
  return layout.entries;
}

const BYTES = { F16: 2, F32: 4, I64: 8 };

/** Bytes of one tensor. */
export const byteLength = ({ dtype, shape }) => shape.reduce((product, dim) => product * dim, BYTES[dtype]);

/** The header of a safetensors file with these tensors in this order, padded with spaces as the format asks. */
export function safetensorsHeader(entries) {
  let offset = 0;
  const spans = entries.map((entry) => {
    const span = { dtype: entry.dtype, shape: entry.shape, data_offsets: [offset, offset + byteLength(entry)] };
    offset += byteLength(entry);
    return [entry.key, span];
  });
  const json = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(spans) });
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}
