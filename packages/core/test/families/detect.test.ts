import type { SidecarConfig, WeightEntry, WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describe, expect, it } from 'vitest';
import { sd1Family } from '../../src/families/index.js';
import { emitGraph } from '../../src/graph/index.js';
import { headerOnly } from './header-only.js';
import { type LayoutEntry, sd15Layout } from './sd15-layout.js';

/** Shapes are all that detection reads. */
function mapOf(entries: readonly LayoutEntry[]): WeightMap {
  const stored = { path: '/models/model.safetensors', offset: 0, byteLength: 0 };
  const map = new Map(
    entries.map(({ key, dtype, shape }): [string, WeightEntry] => [
      key,
      { key, dtype, shape, stored, read: () => Promise.reject(new Error('read')) },
    ]),
  );
  return { keys: new Set(map.keys()), get: (key) => map.get(key), with: () => mapOf(entries) };
}
const detect = (entries: readonly LayoutEntry[], sidecar?: SidecarConfig) => sd1Family.detect(mapOf(entries), sidecar);
const full = sd15Layout();
const unetOf = (detected: ReturnType<typeof detect>) => detected?.networks.find(({ name }) => name === 'unet')?.config;
const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof HostError) return { code: error.code, ...error.data };
    throw error;
  }
  return undefined;
};
const yaml = (unet: object, params: object = {}): SidecarConfig => ({
  ldm: { model: { params: { ...params, unet_config: { params: unet } } } },
});
const entry = (key: string, shape: number[]): LayoutEntry => ({ key, shape, dtype: 'F16', kind: 'zero', gain: 1 });

describe('SD 1.x detection', () => {
  it('reads the standard dimensions from shapes alone', () => {
    const detected = detect(full)!;
    expect(detected).toMatchObject({
      family: 'sd1',
      prediction: 'epsilon',
      noise: { linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000 },
      latent: { channels: 4, scale: 0.18215, downscale: 8 },
      text: { width: 768, encoders: [{ name: 'clip_l', layers: 12, tokenizer: 'clip', padding: 'end' }] },
    });
    expect(detected.networks.map(({ name, config }) => [name, config])).toEqual([
      ['token-embedding', expect.objectContaining({ vocabulary: 49408, width: 768 })],
      [
        'text-encoder',
        { width: 768, layers: 12, heads: 12, intermediate: 3072, activation: 'quick_gelu', vocabulary: 49408, positions: 77 },
      ],
      [
        'unet',
        {
          inChannels: 4,
          outChannels: 4,
          modelChannels: 320,
          channelMult: [1, 2, 4, 4],
          numResBlocks: 2,
          transformerDepth: [1, 1, 1, 0],
          middleTransformerDepth: 1,
          contextDim: 768,
          heads: { count: 8 },
          linearProjection: false,
        },
      ],
      ['vae-encoder', expect.objectContaining({ channels: 128, channelMult: [1, 2, 4, 4], numResBlocks: 2 })],
      ['vae-decoder', expect.objectContaining({ zChannels: 4, embedDim: 4, imageChannels: 3 })],
    ]);
  });

  it.each([8, 9])('reads %i input channels from the first convolution and emits for them', async (channels) => {
    const weights = await headerOnly('inpainting.safetensors', sd15Layout(channels));
    const network = sd1Family.detect(weights, undefined)!.networks.find(({ name }) => name === 'unet')!;
    expect(network.config.inChannels).toBe(channels);
    const plan = { network: 'unet', family: 'sd1', config: network.config, sockets: [], variants: {} };
    expect((await emitGraph({ plan, network, weights, file: weights })).inputs).toEqual(['latent', 'timestep', 'context']);
  });

  it('takes from the sidecar what shapes cannot tell', () => {
    const sidecar = {
      ...yaml({ num_heads: 4 }, { parameterization: 'v', linear_start: 0.001, linear_end: 0.02, timesteps: 500, scale_factor: 0.5 }),
      textEncoder: { num_attention_heads: 6, hidden_act: 'gelu' },
    };
    const detected = detect(full, sidecar)!;
    expect(detected).toMatchObject({
      prediction: 'v',
      noise: { linearStart: 0.001, linearEnd: 0.02, timesteps: 500 },
      latent: { scale: 0.5 },
    });
    expect(unetOf(detected)?.heads).toEqual({ count: 4 });
    expect(detected.networks[1]?.config).toMatchObject({ heads: 6, activation: 'gelu' });
    expect(unetOf(detect(full, yaml({ num_heads: -1, num_head_channels: 64 })))?.heads).toEqual({ channels: 64 });
  });

  it('finds the text tower of old files under its old name', () => {
    const old = full.map((tensor) => ({ ...tensor, key: tensor.key.replace('transformer.text_model.', 'transformer.') }));
    const detected = detect(old)!;
    expect(detected.networks[1]?.weightPrefix).toBe('cond_stage_model.transformer.');
    expect(detected.text.encoders[0]?.layers).toBe(12);
  });

  it('pays no heed to averaged weights and other tensors beside the model', () => {
    const extra = [
      entry('model_ema.decay', []),
      entry('model_ema.diffusion_modelinput_blocks00weight', [320, 4, 3, 3]),
      entry('loss.logvar', [1]),
    ];
    expect(detect([...full, ...extra])).toBeDefined();
  });

  it.each([
    ['nothing', []],
    ['a LoRA', [entry('lora_unet_mid_block.lora_up.weight', [4, 4])]],
    ['a VAE', full.filter(({ key }) => key.startsWith('first_stage_model.'))],
    ['a bare UNet in diffusers layout', [entry('down_blocks.0.resnets.0.conv1.weight', [320, 320, 3, 3])]],
    ['SDXL', [...full, entry('conditioner.embedders.0.transformer.text_model.final_layer_norm.weight', [768])]],
    ['SD 2', [...full, entry('cond_stage_model.model.ln_final.weight', [1024])]],
    ['SD 3', [entry('model.diffusion_model.x_embedder.proj.weight', [1536, 16, 2, 2])]],
    ['AltDiffusion', [...full, entry('cond_stage_model.roberta.embeddings.word_embeddings.weight', [250002, 1024])]],
    ['the depth model', [...full, entry('depth_model.model.pretrained.cls_token', [1])]],
  ])('leaves %s to others', (_, entries) => {
    expect(detect(entries)).toBeUndefined();
  });
});

describe('broken SD 1.x files', () => {
  it.each([
    'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight',
    'cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight',
    'model.diffusion_model.input_blocks.0.0.weight',
    'model.diffusion_model.input_blocks.4.0.in_layers.2.weight',
    'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight',
    'model.diffusion_model.out.2.weight',
    'first_stage_model.post_quant_conv.weight',
  ])('are refused at once when %s is missing', (missing) => {
    expect(failure(() => detect(full.filter(({ key }) => key !== missing)))).toMatchObject({
      code: 'CKPT_KEY_MISSING',
      key: missing,
      path: '/models/model.safetensors',
    });
  });

  it.each([
    ['the VAE', 'first_stage_model.', 'first_stage_model.encoder.conv_in.weight'],
    ['the text encoder', 'cond_stage_model.', 'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight'],
  ])('are refused when %s is missing', (_, prefix, key) => {
    expect(failure(() => detect(full.filter((tensor) => !tensor.key.startsWith(prefix))))).toMatchObject({ code: 'CKPT_KEY_MISSING', key });
  });

  it('are refused when dimensions contradict each other', () => {
    const key = 'model.diffusion_model.input_blocks.0.0.weight';
    const reshaped = (shape: number[]) => full.map((tensor) => (tensor.key === key ? { ...tensor, shape } : tensor));
    expect(failure(() => detect(reshaped([320, 4])))).toMatchObject({ code: 'CKPT_SHAPE_MISMATCH', key });
    expect(failure(() => detect(reshaped([300, 4, 3, 3])))).toMatchObject({ code: 'CKPT_CONFIG' });
    expect(failure(() => detect(full, yaml({ num_heads: 7 })))).toMatchObject({
      code: 'CKPT_CONFIG',
      problem: expect.stringContaining('num_heads'),
    });
    expect(failure(() => detect(full, yaml({ num_heads: 'many' })))).toMatchObject({
      code: 'CKPT_CONFIG',
      problem: expect.stringContaining('"many"'),
    });
    expect(failure(() => detect(full, { textEncoder: { hidden_act: 'relu' } }))).toMatchObject({ code: 'CKPT_CONFIG' });
  });

  it.each([
    'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight',
    'model.diffusion_model.input_blocks.1.1.norm.weight',
    'model.diffusion_model.middle_block.1.proj_in.weight',
    'model.diffusion_model.output_blocks.8.2.conv.bias',
    'first_stage_model.decoder.up.1.block.2.norm1.bias',
    'cond_stage_model.transformer.text_model.encoder.layers.7.mlp.fc2.bias',
  ])('are refused by the emission that misses %s, never emitted without it', async (missing) => {
    const weights = await headerOnly(
      'broken.safetensors',
      full.filter(({ key }) => key !== missing),
    );
    const networks = sd1Family.detect(weights, undefined)!.networks;
    const results = networks.map((network) => {
      const plan = { network: network.name, family: 'sd1', config: network.config, sockets: [], variants: {} };
      return emitGraph({ plan, network, weights, file: weights }).then(
        () => undefined,
        (error: HostError) => ({ code: error.code, ...error.data }),
      );
    });
    const failures = (await Promise.all(results)).filter(Boolean);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: 'CKPT_KEY_MISSING', key: missing, path: weights.path });
  });
});
