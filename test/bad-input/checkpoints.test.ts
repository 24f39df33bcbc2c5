import type { HostError } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';
import { modelsWith, otherSafetensors, withHeader, withInputChannels, withNaN } from './broken-checkpoint.js';

const request = { prompt: 'a red circle', seed: 1, steps: 2, width: 64, height: 64 };
const timeEmbedding = 'model.diffusion_model.time_embed.0.weight';

async function failure(models: string, name = 'broken'): Promise<HostError> {
  const host = await createTestHost({ models: [models] });
  try {
    await host.txt2img({ ...request, model: name });
  } catch (error) {
    return error as HostError;
  } finally {
    await host.dispose();
  }
  throw new Error('the broken checkpoint was accepted');
}

describe('a checkpoint that cannot be used ends in a code that names file, key and value', () => {
  it('missing', async () => {
    const error = await failure(modelsWith(otherSafetensors), 'nowhere');
    expect(error.code).toBe('MODEL_NOT_FOUND');
    expect(error.message).toContain('nowhere');
    expect(error.message).toContain('broken');
  });

  it('no checkpoint at all', async () => {
    const host = await createTestHost({ models: ['/nonexistent-models'] });
    await expect(host.txt2img(request)).rejects.toMatchObject({ code: 'MODEL_NONE' });
    await host.dispose();
  });

  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), 'CKPT_TRUNCATED'],
    ['cut inside its header', (bytes: Buffer) => bytes.subarray(0, 1000), 'CKPT_'],
    ['0 bytes', () => Buffer.alloc(0), 'CKPT_EMPTY'],
    ['a text file under another name', () => Buffer.from('this is a note, not a model\n'.repeat(20)), 'CKPT_NOT_SAFETENSORS'],
    ['not a Stable Diffusion file', otherSafetensors, 'CKPT_FAMILY_UNKNOWN'],
  ] as const)('%s', async (_, change, code) => {
    const error = await failure(modelsWith(change as (bytes: Buffer) => Buffer));
    expect(error.code).toContain(code);
    expect(error.message).toContain('broken.safetensors');
  });

  it('a tensor of the wrong shape', async () => {
    const models = modelsWith((bytes) => withHeader(bytes, (header) => header[timeEmbedding]?.shape.reverse()));
    const error = await failure(models);
    expect(error.code).toBe('CKPT_SHAPE_MISMATCH');
    expect(error.message).toContain(timeEmbedding);
  });

  it('a missing tensor', async () => {
    const key = 'model.diffusion_model.out.2.bias';
    const models = modelsWith((bytes) =>
      withHeader(bytes, (header) => {
        const entry = header[key];
        delete header[key];
        if (entry) header.unused = entry;
      }),
    );
    const error = await failure(models);
    expect(error.code).toBe('CKPT_KEY_MISSING');
    expect(error.message).toContain(key);
  });

  it('a UNet that wants what nobody knows', async () => {
    const key = 'model.diffusion_model.input_blocks.0.0.weight';
    const models = modelsWith((bytes) => withInputChannels(bytes, key, 7));
    const error = await failure(models);
    expect(error.code).toBe('CKPT_INPUTS');
    expect(error.message).toContain('7 input channels');
  });

  it('weights that are not numbers', async () => {
    const error = await failure(modelsWith((bytes) => withNaN(bytes, 'model.diffusion_model.out.2.weight')));
    expect(error.code).toBe('GRAPH_NAN');
    expect(error.message).toContain('broken.safetensors');
  });
});
