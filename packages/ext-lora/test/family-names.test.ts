import { describe, expect, it } from 'vitest';
import { familyModule, type LoraFamily, loraFamilies } from '../src/family-modules.js';

const [sd1, sd2, sdxl] = loraFamilies as readonly [LoraFamily, LoraFamily, LoraFamily];
const found = (family: LoraFamily, name: string): string | undefined => {
  const module = familyModule(family, name);
  return module && (module.third === undefined ? module.name : `${module.name}[${module.third}]`);
};
const range = (count: number): readonly number[] => [...Array(count).keys()];

/** The linear layers of the UNet that kohya's trainer names, by the blocks of diffusers; `levels` without attention are left out. */
function kohyaNames(): readonly string[] {
  const places = [
    ...range(3).flatMap((i) => range(2).map((j) => `down_blocks_${i}_attentions_${j}`)),
    'mid_block_attentions_0',
    ...[1, 2, 3].flatMap((i) => range(3).map((j) => `up_blocks_${i}_attentions_${j}`)),
  ];
  const parts = ['attn1', 'attn2'].flatMap((attention) => ['to_q', 'to_k', 'to_v', 'to_out_0'].map((part) => `${attention}_${part}`));
  return places.flatMap((place) => [
    ...['proj_in', 'proj_out'].map((part) => `lora_unet_${place}_${part}`),
    ...[...parts, 'ff_net_0_proj', 'ff_net_2'].map((part) => `lora_unet_${place}_transformer_blocks_0_${part}`),
  ]);
}
const textParts = ['self_attn_q_proj', 'self_attn_k_proj', 'self_attn_v_proj', 'self_attn_out_proj', 'mlp_fc1', 'mlp_fc2'];
const textNames = (start: string, layers: number): readonly string[] =>
  range(layers).flatMap((layer) => textParts.map((part) => `${start}_text_model_encoder_layers_${layer}_${part}`));
/** Linear layers of a family's UNet in CompVis names. */
const linear = ({ modules }: LoraFamily): readonly string[] =>
  [...modules.keys()].filter((name) => /^diffusion_model.*(?:to_[qkv]|to_out_0|ff_net_0_proj|ff_net_2|proj_in|proj_out)$/.test(name));

describe('every name that kohya’s trainer writes is one module', () => {
  it.each([
    ['SD 1.x', sd1, kohyaNames(), 192],
    ['SD 1.x, text', sd1, textNames('lora_te', 12), 72],
    ['SD 2.x', sd2, kohyaNames(), 192],
    ['SD 2.x, text', sd2, textNames('lora_te', 24), 144],
    // The trainer writes SDXL's UNet in CompVis names.
    ['SDXL', sdxl, linear(sdxl).map((name) => name.replace('diffusion_model', 'lora_unet')), 722],
    ['SDXL, first text encoder', sdxl, textNames('lora_te1', 12), 72],
    ['SDXL, second text encoder', sdxl, textNames('lora_te2', 32), 192],
  ] as const)('%s', (_, family, names, count) => {
    expect(names).toHaveLength(count);
    const places = names.map((name) => found(family, name));
    expect(names.filter((_name, at) => places[at] === undefined)).toEqual([]);
    expect(new Set(places).size).toBe(count);
  });

  it('and reaches every linear layer of the UNet', () => {
    for (const family of [sd1, sd2]) expect(new Set(kohyaNames().map((name) => found(family, name)))).toEqual(new Set(linear(family)));
  });
});

describe('names of SD 2.x', () => {
  it.each([
    ['lora_te_text_model_encoder_layers_3_mlp_fc1', 'model_transformer_resblocks_3_mlp_c_fc'],
    ['lora_te_text_model_encoder_layers_3_mlp_fc2', 'model_transformer_resblocks_3_mlp_c_proj'],
    ['lora_te_text_model_encoder_layers_3_self_attn_q_proj', 'model_transformer_resblocks_3_attn[0]'],
    ['lora_te_text_model_encoder_layers_3_self_attn_k_proj', 'model_transformer_resblocks_3_attn[1]'],
    ['lora_te_text_model_encoder_layers_3_self_attn_v_proj', 'model_transformer_resblocks_3_attn[2]'],
    ['lora_te_text_model_encoder_layers_3_self_attn_out_proj', 'model_transformer_resblocks_3_attn_out_proj'],
    ['lora_unet_up_blocks_1_attentions_0_proj_out', 'diffusion_model_output_blocks_3_1_proj_out'],
    ['lora_te_text_model_encoder_layers_24_mlp_fc1', undefined],
    ['lora_te2_text_model_encoder_layers_3_mlp_fc1', undefined],
  ])('%s', (name, module) => {
    expect(found(sd2, name)).toBe(module);
  });
});

describe('names of SDXL', () => {
  it.each([
    ['lora_unet_input_blocks_4_1_transformer_blocks_1_attn2_to_k', 'diffusion_model_input_blocks_4_1_transformer_blocks_1_attn2_to_k'],
    ['lora_unet_middle_block_1_transformer_blocks_9_ff_net_0_proj', 'diffusion_model_middle_block_1_transformer_blocks_9_ff_net_0_proj'],
    ['lora_unet_output_blocks_5_1_proj_out', 'diffusion_model_output_blocks_5_1_proj_out'],
    ['lora_unet_output_blocks_2_2_conv', 'diffusion_model_output_blocks_2_2_conv'],
    ['lora_unet_label_emb_0_0', 'diffusion_model_label_emb_0_0'],
    ['lora_unet_label_emb_0_2', 'diffusion_model_label_emb_0_2'],
    ['lora_unet_time_embed_0', 'diffusion_model_time_embed_0'],
    ['lora_unet_out_2', 'diffusion_model_out_2'],
    ['oft_unet_input_blocks_7_1_transformer_blocks_3_attn1_to_q', 'diffusion_model_input_blocks_7_1_transformer_blocks_3_attn1_to_q'],
    // Names of diffusers.
    [
      'lora_unet_down_blocks_1_attentions_0_transformer_blocks_1_attn1_to_q',
      'diffusion_model_input_blocks_4_1_transformer_blocks_1_attn1_to_q',
    ],
    ['lora_unet_down_blocks_2_attentions_1_proj_in', 'diffusion_model_input_blocks_8_1_proj_in'],
    [
      'lora_unet_up_blocks_0_attentions_2_transformer_blocks_9_attn2_to_v',
      'diffusion_model_output_blocks_2_1_transformer_blocks_9_attn2_to_v',
    ],
    ['lora_unet_time_embedding_linear_1', 'diffusion_model_time_embed_0'],
    // As in the reference, which knows no rule for these two.
    ['lora_unet_add_embedding_linear_1', undefined],
    ['lora_unet_up_blocks_0_upsamplers_0_conv', undefined],
    ['lora_te1_text_model_encoder_layers_11_mlp_fc2', '0_transformer_text_model_encoder_layers_11_mlp_fc2'],
    ['lora_te1_text_model_final_layer_norm', '0_transformer_text_model_final_layer_norm'],
    ['lora_te2_text_model_encoder_layers_31_self_attn_v_proj', '1_model_transformer_resblocks_31_attn[2]'],
    ['lora_te2_text_model_encoder_layers_0_mlp_fc2', '1_model_transformer_resblocks_0_mlp_c_proj'],
  ])('%s', (name, module) => {
    expect(found(sdxl, name)).toBe(module);
  });
});

describe('names of SD 1.x', () => {
  it.each([
    ['lora_unet_down_blocks_1_resnets_0_conv1', 'diffusion_model_input_blocks_4_0_in_layers_2'],
    ['lora_unet_down_blocks_1_resnets_0_conv2', 'diffusion_model_input_blocks_4_0_out_layers_3'],
    ['lora_unet_down_blocks_1_resnets_0_norm1', 'diffusion_model_input_blocks_4_0_in_layers_0'],
    ['lora_unet_down_blocks_1_resnets_0_norm2', 'diffusion_model_input_blocks_4_0_out_layers_0'],
    ['lora_unet_down_blocks_1_resnets_0_time_emb_proj', 'diffusion_model_input_blocks_4_0_emb_layers_1'],
    ['lora_unet_down_blocks_1_resnets_0_conv_shortcut', 'diffusion_model_input_blocks_4_0_skip_connection'],
    ['lora_unet_mid_block_resnets_0_conv1', 'diffusion_model_middle_block_0_in_layers_2'],
    ['lora_unet_up_blocks_0_resnets_0_conv_shortcut', 'diffusion_model_output_blocks_0_0_skip_connection'],
    ['lora_unet_up_blocks_0_upsamplers_0_conv', 'diffusion_model_output_blocks_2_1_conv'],
    ['lora_unet_up_blocks_2_upsamplers_0_conv', 'diffusion_model_output_blocks_8_2_conv'],
    ['lora_unet_down_blocks_0_downsamplers_0_conv', 'diffusion_model_input_blocks_3_0_op'],
    ['lora_te1_text_model_encoder_layers_2_mlp_fc1', 'transformer_text_model_encoder_layers_2_mlp_fc1'],
    ['lora_te_text_model_final_layer_norm', undefined],
  ])('%s', (name, module) => {
    expect(found(sd1, name)).toBe(module);
  });
});
