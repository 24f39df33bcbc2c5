import { describe, expect, it } from 'vitest';
import { compvisName } from '../src/compvis-name.js';
import { fileKey } from '../src/file-key.js';
import { findModule } from '../src/find-module.js';
import { modelModules } from '../src/model-modules.js';

describe('keys of files', () => {
  const attention = 'down_blocks.0.attentions.1.transformer_blocks.0.attn1';
  const kohya = 'lora_unet_down_blocks_0_attentions_1_transformer_blocks_0_attn1_to_q';
  it.each([
    ['lora_unet_mid_block_attentions_0_proj_in.lora_up.weight', 'lora_unet_mid_block_attentions_0_proj_in', 'lora_up.weight'],
    [`unet.${attention}.to_q.lora_A.weight`, kohya, 'lora_A.weight'],
    [`base_model.model.unet.${attention}.to_q.lora_B.default.weight`, kohya, 'lora_B.weight'],
    [`unet.${attention}.processor.to_q_lora.down.weight`, kohya, 'lora_down.weight'],
    [`unet.${attention}.processor.to_out_lora.up.weight`, kohya.replace('to_q', 'to_out_0'), 'lora_up.weight'],
    [`unet.${attention}.to_out.0.lora.up.weight`, kohya.replace('to_q', 'to_out_0'), 'lora_up.weight'],
    [`unet.${attention}.to_q.alpha`, kohya, 'alpha'],
    [
      'text_encoder.text_model.encoder.layers.3.self_attn.q_proj.lora_linear_layer.down.weight',
      'lora_te_text_model_encoder_layers_3_self_attn_q_proj',
      'lora_down.weight',
    ],
    [
      'text_encoder.text_model.encoder.layers.3.self_attn.to_out_lora.up.weight',
      'lora_te_text_model_encoder_layers_3_self_attn_out_proj',
      'lora_up.weight',
    ],
    ['text_encoder_2.text_model.encoder.layers.3.mlp.fc1.lora_A.weight', 'lora_te2_text_model_encoder_layers_3_mlp_fc1', 'lora_A.weight'],
    ['nodots', 'nodots', ''],
  ])('%s', (key, module, part) => {
    expect(fileKey(key)).toEqual({ module, part });
  });
});

describe('modules of a checkpoint by the names of files', () => {
  it.each([
    ['lora_unet_conv_in', false, 'diffusion_model_input_blocks_0_0'],
    ['lora_unet_conv_out', false, 'diffusion_model_out_2'],
    ['lora_unet_time_embedding_linear_2', false, 'diffusion_model_time_embed_2'],
    ['lora_unet_down_blocks_1_attentions_1_proj_in', false, 'diffusion_model_input_blocks_5_1_proj_in'],
    ['lora_unet_down_blocks_2_resnets_0_conv_shortcut', false, 'diffusion_model_input_blocks_7_0_skip_connection'],
    ['lora_unet_mid_block_resnets_1_time_emb_proj', false, 'diffusion_model_middle_block_2_emb_layers_1'],
    ['lora_unet_up_blocks_3_attentions_2_proj_out', false, 'diffusion_model_output_blocks_11_1_proj_out'],
    ['lora_unet_down_blocks_2_downsamplers_0_conv', false, 'diffusion_model_input_blocks_9_0_op'],
    ['lora_unet_up_blocks_0_upsamplers_0_conv', false, 'diffusion_model_output_blocks_2_1_conv'],
    ['lora_unet_up_blocks_1_upsamplers_0_conv', false, 'diffusion_model_output_blocks_5_2_conv'],
    ['lora_te_text_model_encoder_layers_5_mlp_fc1', false, 'transformer_text_model_encoder_layers_5_mlp_fc1'],
    ['lora_te_text_model_encoder_layers_5_mlp_fc1', true, 'model_transformer_resblocks_5_mlp_c_fc'],
    ['lora_te2_text_model_encoder_layers_5_self_attn_out_proj', false, '1_model_transformer_resblocks_5_attn_out_proj'],
  ])('%s', (key, sd2, name) => {
    expect(compvisName(key, sd2)).toBe(name);
  });

  it('finds those of SD 2, of SDXL, and of checkpoints from before text_model', () => {
    const modules = modelModules([
      'cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight',
      'cond_stage_model.model.transformer.resblocks.0.attn.in_proj_bias',
      'conditioner.embedders.0.transformer.text_model.encoder.layers.0.mlp.fc1.weight',
      'cond_stage_model.transformer.encoder.layers.0.mlp.fc2.weight',
      'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight',
      'model.diffusion_model.input_blocks.4.1.proj_in.weight',
      'first_stage_model.decoder.conv_in.weight',
    ]);
    const keyOf = (file: string, sd2 = false): string | undefined => findModule(modules, compvisName(file, sd2), file)?.weight;
    expect(keyOf('lora_unet_input_blocks_4_1_proj_in')).toBe('model.diffusion_model.input_blocks.4.1.proj_in.weight');
    expect(keyOf('oft_unet_input_blocks_4_1_proj_in')).toBe('model.diffusion_model.input_blocks.4.1.proj_in.weight');
    expect(keyOf('lora_te1_text_model_encoder_layers_0_mlp_fc1')).toContain('embedders.0.transformer');
    expect(keyOf('lora_te_text_model_encoder_layers_0_mlp_fc2')).toBe('cond_stage_model.transformer.encoder.layers.0.mlp.fc2.weight');
    const joined = 'model_transformer_resblocks_0_attn_k_proj';
    expect(findModule(modules, joined, joined)).toMatchObject({ third: 1, bias: expect.stringContaining('in_proj_bias') });
    expect([...modules.keys()].filter((name) => /token_embedding|decoder/.test(name))).toEqual([]);
  });
});
