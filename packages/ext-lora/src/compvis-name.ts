const resnetParts: Readonly<Record<string, string>> = {
  conv1: 'in_layers_2',
  conv2: 'out_layers_3',
  norm1: 'in_layers_0',
  norm2: 'out_layers_0',
  time_emb_proj: 'emb_layers_1',
  conv_shortcut: 'skip_connection',
};
const openClipParts: Readonly<Record<string, string>> = { mlp_fc1: 'mlp_c_fc', mlp_fc2: 'mlp_c_proj', self_attn: 'attn' };

type Rule = readonly [pattern: RegExp, name: (groups: readonly string[], sd2: boolean) => string];

/** Resnet modules are named anew; what is behind an attention block stays. */
const within = (kind: string, rest: string): string => (kind === 'resnets' ? (resnetParts[rest] ?? rest) : rest);
const openClip = (rest: string): string => Object.entries(openClipParts).reduce((name, [from, to]) => name.replace(from, to), rest);
const number = (text: string | undefined): number => Number(text);

/** `convert_diffusers_name_to_compvis`, in its order. */
const rules: readonly Rule[] = [
  [/^lora_unet_conv_in(.*)$/, ([rest]) => `diffusion_model_input_blocks_0_0${rest}`],
  [/^lora_unet_conv_out(.*)$/, ([rest]) => `diffusion_model_out_2${rest}`],
  [/^lora_unet_time_embedding_linear_(\d+)(.*)$/, ([n, rest]) => `diffusion_model_time_embed_${2 * number(n) - 2}${rest}`],
  [
    /^lora_unet_down_blocks_(\d+)_(attentions|resnets)_(\d+)_(.+)$/,
    ([i, kind = '', j, rest = '']) =>
      `diffusion_model_input_blocks_${1 + 3 * number(i) + number(j)}_${kind === 'attentions' ? 1 : 0}_${within(kind, rest)}`,
  ],
  [
    /^lora_unet_mid_block_(attentions|resnets)_(\d+)_(.+)$/,
    ([kind = '', j, rest = '']) => `diffusion_model_middle_block_${kind === 'attentions' ? 1 : 2 * number(j)}_${within(kind, rest)}`,
  ],
  [
    /^lora_unet_up_blocks_(\d+)_(attentions|resnets)_(\d+)_(.+)$/,
    ([i, kind = '', j, rest = '']) =>
      `diffusion_model_output_blocks_${3 * number(i) + number(j)}_${kind === 'attentions' ? 1 : 0}_${within(kind, rest)}`,
  ],
  [/^lora_unet_down_blocks_(\d+)_downsamplers_0_conv$/, ([i]) => `diffusion_model_input_blocks_${3 + 3 * number(i)}_0_op`],
  [
    /^lora_unet_up_blocks_(\d+)_upsamplers_0_conv$/,
    ([i]) => `diffusion_model_output_blocks_${2 + 3 * number(i)}_${number(i) > 0 ? 2 : 1}_conv`,
  ],
  [
    /^lora_te_text_model_encoder_layers_(\d+)_(.+)$/,
    ([n, rest = ''], sd2) =>
      sd2 ? `model_transformer_resblocks_${n}_${openClip(rest)}` : `transformer_text_model_encoder_layers_${n}_${rest}`,
  ],
  [/^lora_te2_text_model_encoder_layers_(\d+)_(.+)$/, ([n, rest = '']) => `1_model_transformer_resblocks_${n}_${openClip(rest)}`],
];

/** A network key of diffusers' names as the modules of a CompVis checkpoint are called; one that is none of them stays as it is. */
export function compvisName(key: string, sd2: boolean): string {
  for (const [pattern, name] of rules) {
    const found = pattern.exec(key);
    if (found) return name(found.slice(1), sd2);
  }
  return key;
}
