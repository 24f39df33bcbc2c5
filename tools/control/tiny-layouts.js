// Models small enough for tests, in the layouts IP-Adapters and image encoders are published in: their weights come from a seed.
import { ldmLayout } from '../../bench/ldm-layout.js';
import { tinyLayouts as families } from '../families/tiny-layouts.js';

/** @typedef {import('../../bench/ldm-layout.js').LayoutEntry} LayoutEntry */

/** Biases and norms are wild too, so that none can be left out unseen. @returns {LayoutEntry} */
const tensor = (key, shape, gain = 1) => ({ key, dtype: 'F16', shape, kind: 'matrix', gain });
const linear = (key, out, inner) => [tensor(`${key}.weight`, [out, inner]), tensor(`${key}.bias`, [out], 0.2)];
const plain = (key, out, inner) => [tensor(`${key}.weight`, [out, inner])];
const norm = (key, width) => [tensor(`${key}.weight`, [width]), tensor(`${key}.bias`, [width], 0.2)];
const each = (count, entries) => Array.from({ length: count }, (_, at) => entries(at)).flat();

/** Vision towers: heads of 2 channels, pictures of 16×16 in 4×4 patches. */
const tower = { width: 32, layers: 3, inner: 64, patch: 4, positions: 17 };

/** Of transformers (`CLIPVisionModelWithProjection`). */
function transformersVision(projection) {
  const { width, layers, inner, patch, positions } = tower;
  const root = 'vision_model';
  const layer = (at) => {
    const key = `${root}.encoder.layers.${at}`;
    return [
      ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].flatMap((name) => linear(`${key}.self_attn.${name}`, width, width)),
      ...[...norm(`${key}.layer_norm1`, width), ...norm(`${key}.layer_norm2`, width)],
      ...[...linear(`${key}.mlp.fc1`, inner, width), ...linear(`${key}.mlp.fc2`, width, inner)],
    ];
  };
  return [
    tensor(`${root}.embeddings.class_embedding`, [width]),
    tensor(`${root}.embeddings.patch_embedding.weight`, [width, 3, patch, patch]),
    tensor(`${root}.embeddings.position_embedding.weight`, [positions, width]),
    ...[...norm(`${root}.pre_layrnorm`, width), ...norm(`${root}.post_layernorm`, width), ...each(layers, layer)],
    ...plain('visual_projection', projection, width),
  ];
}

/** Of OpenCLIP (`VisionTransformer`). */
function openClipVision(projection) {
  const { width, layers, inner, patch, positions } = tower;
  const layer = (at) => {
    const key = `visual.transformer.resblocks.${at}`;
    return [
      tensor(`${key}.attn.in_proj_weight`, [3 * width, width]),
      tensor(`${key}.attn.in_proj_bias`, [3 * width], 0.2),
      ...linear(`${key}.attn.out_proj`, width, width),
      ...[...norm(`${key}.ln_1`, width), ...norm(`${key}.ln_2`, width)],
      ...[...linear(`${key}.mlp.c_fc`, inner, width), ...linear(`${key}.mlp.c_proj`, width, inner)],
    ];
  };
  return [
    tensor('visual.class_embedding', [width]),
    tensor('visual.positional_embedding', [positions, width]),
    tensor('visual.proj', [width, projection]),
    tensor('visual.conv1.weight', [width, 3, patch, patch]),
    ...[...norm('visual.ln_pre', width), ...norm('visual.ln_post', width), ...each(layers, layer)],
  ];
}

/** Keys and values of cross-attentions of these widths, numbered with the self-attentions between them. */
const layersOf = (widths, context) =>
  widths.flatMap((width, at) => ['k', 'v'].flatMap((part) => plain(`ip_adapter.${2 * at + 1}.to_${part}_ip`, width, context)));

const linearProjection = (context, seen) => [...linear('image_proj.proj', 4 * context, seen), ...norm('image_proj.norm', context)];
const patchProjection = (context, seen) => [
  ...[...linear('image_proj.proj.0', seen, seen), ...linear('image_proj.proj.2', context, seen)],
  ...norm('image_proj.proj.3', context),
];
/** Four layers of two heads of 64 channels, five questions. */
const resampler = (context, seen, width) => [
  tensor('image_proj.latents', [1, 5, width], 0.3 * Math.sqrt(5 * width)),
  ...[...linear('image_proj.proj_in', width, seen), ...linear('image_proj.proj_out', context, width)],
  ...norm('image_proj.norm_out', context),
  ...each(4, (at) => {
    const key = `image_proj.layers.${at}`;
    return [
      ...[...norm(`${key}.0.norm1`, width), ...norm(`${key}.0.norm2`, width)],
      ...[...plain(`${key}.0.to_q`, 128, width), ...plain(`${key}.0.to_kv`, 256, width), ...plain(`${key}.0.to_out`, width, 128)],
      ...[...norm(`${key}.1.0`, width), ...plain(`${key}.1.1`, 4 * width, width), ...plain(`${key}.1.3`, width, 4 * width)],
    ];
  }),
];

const sd15 = [...Array(2).fill(32), ...Array(4).fill(64), ...Array(6).fill(64), ...Array(3).fill(32), 64];
const sdxl = [...Array(2).fill(64), ...Array(4).fill(128), ...Array(6).fill(128), ...Array(3).fill(64), ...Array(2).fill(128)];

/** By path below a models folder. @type {Readonly<Record<string, { readonly seed: number, readonly entries: readonly LayoutEntry[] }>>} */
export const tinyModels = {
  'Stable-diffusion/tiny-sd15': {
    seed: 21,
    entries: ldmLayout({
      unet: { inChannels: 4, width: 32, mult: [1, 2, 2, 2], depths: [1, 1, 1, 0], middleDepth: 1, context: 64 },
      vae: { width: 32, mult: [1, 2, 2, 2] },
      clip: { root: 'cond_stage_model.transformer.text_model', width: 64, layers: 3 },
    }),
  },
  'Stable-diffusion/tiny-xl': families['tiny-xl'],
  'clip_vision/clip_h': { seed: 22, entries: transformersVision(24) },
  'clip_vision/clip_g': { seed: 23, entries: openClipVision(40) },
  'ControlNet/ip-adapter_sd15': { seed: 24, entries: [...linearProjection(64, 24), ...layersOf(sd15, 64)] },
  'ControlNet/ip-adapter-plus_sd15': { seed: 25, entries: [...resampler(64, 32, 48), ...layersOf(sd15, 64)] },
  'ControlNet/ip-adapter-full-face_sd15': { seed: 26, entries: [...patchProjection(64, 32), ...layersOf(sd15, 64)] },
  'ControlNet/ip-adapter_sdxl': { seed: 27, entries: [...linearProjection(128, 40), ...layersOf(sdxl, 128)] },
};
