import { join } from 'node:path';
import type { DetectedModel, ModelFamilyContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describe, expect, test } from 'vitest';
import { detectModel, openWeights } from '../../src/checkpoint/index.js';
import { floats, safetensorsBytes } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const detected = (family: string): DetectedModel => ({
  family,
  networks: [],
  prediction: 'epsilon',
  noise: { linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000 },
  latent: { channels: 4, scale: 0.18215, downscale: 8 },
  text: { width: 64, encoders: [] },
});
const family = (name: string, key: string): ModelFamilyContribution => ({
  name,
  detect: (weights) => (weights.keys.has(key) ? detected(name) : undefined),
});

async function weightsOf(...keys: string[]) {
  const folder = temporaryFolder({ 'm.safetensors': safetensorsBytes(Object.fromEntries(keys.map((key) => [key, floats([1])]))) });
  const weights = await openWeights(join(folder, 'm.safetensors'));
  await weights.close();
  return weights;
}

describe('detectModel', () => {
  const families = [family('one', 'a'), family('two', 'a'), family('three', 'b')];

  test('asks the families in order', async () => {
    expect((await detectModel({ weights: await weightsOf('a'), sidecar: undefined, families })).family).toBe('one');
    expect((await detectModel({ weights: await weightsOf('b'), sidecar: undefined, families })).family).toBe('three');
  });

  test('a hook names the family first', async () => {
    const weights = await weightsOf('a');
    const ask = async (question: { readonly path: string }) => (question.path === weights.path ? { family: 'two' } : undefined);
    expect((await detectModel({ weights, sidecar: undefined, families, ask })).family).toBe('two');
    const unknown = detectModel({ weights, sidecar: undefined, families, ask: async () => ({ family: 'four' }) });
    await expect(unknown).rejects.toThrow('family "four", which nobody contributes (known: one, two, three)');
    const refused = detectModel({ weights, sidecar: undefined, families, ask: async () => ({ family: 'three' }) });
    await expect(refused).rejects.toThrow('which does not accept it');
  });

  test('a family’s own error is passed on', async () => {
    const strict: ModelFamilyContribution = {
      name: 'strict',
      detect: () => {
        throw new HostError('CKPT_KEY_MISSING', { path: 'm', key: 'x', module: 'unet' });
      },
    };
    await expect(detectModel({ weights: await weightsOf('a'), sidecar: undefined, families: [strict] })).rejects.toMatchObject({
      code: 'CKPT_KEY_MISSING',
    });
  });

  test.each([
    ['lora_unet_down_blocks_0.lora_up.weight', 'a LoRA, not a checkpoint'],
    ['base_model.model.to_q.lora_A.weight', 'a LoRA'],
    ['control_model.input_hint_block.0.weight', 'a ControlNet'],
    ['controlnet_cond_embedding.conv_in.weight', 'a ControlNet'],
    ['decoder.up.0.block.0.conv1.weight', 'a VAE'],
    ['decoder.up_blocks.0.resnets.0.conv1.weight', 'a VAE'],
    ['emb_params', 'a textual inversion embedding'],
    ['model.1.sub.0.RDB1.conv1.0.weight', 'an upscaler'],
    ['down_blocks.0.resnets.0.conv1.weight', 'a bare UNet in diffusers layout'],
    ['text_model.encoder.layers.0.mlp.fc1.weight', 'a text encoder'],
    ['conditioner.embedders.0.transformer.x', 'an SDXL checkpoint, whose family is not loaded'],
    ['model.diffusion_model.joint_blocks.0.x', 'a Stable Diffusion 3 checkpoint'],
    ['double_blocks.0.img_attn.qkv.weight', 'a Flux checkpoint'],
    ['layers.0.weight', 'no known layout (layers.0.weight…)'],
  ])('says what an unknown file looks like: %s', async (key, words) => {
    const error = await detectModel({ weights: await weightsOf(key), sidecar: undefined, families }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CKPT_FAMILY_UNKNOWN' });
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).toContain('known families: one, two, three');
  });

  test('a file without tensors', async () => {
    await expect(detectModel({ weights: await weightsOf(), sidecar: undefined, families: [] })).rejects.toThrow(
      'it holds no tensors; known families: none',
    );
  });
});
