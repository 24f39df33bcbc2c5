import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host, JobProgress } from '@armature/core';
import { defineExtension, isHostError } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeVae } from '../vae-from-checkpoint.js';

const source = fileURLToPath(new URL('../fidelity/models/Stable-diffusion/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'armature-vae-'));
const checkpoints = join(folder, 'Stable-diffusion');
const checkpoint = join(checkpoints, 'tiny.safetensors');
const vaePath = (name: string): string => join(folder, 'VAE', name);
const request = { prompt: 'a red circle', seed: 1, steps: 1, width: 64, height: 64, model: 'tiny' };
/** Every pixel white, every pixel black. */
const white = { 'decoder.conv_out.weight': 0, 'decoder.conv_out.bias': 2 };
const black = { 'decoder.conv_out.weight': 0, 'decoder.conv_out.bias': -2 };

/** Tells of each model by name what its decoder shall paint; part of the key is only the tap itself. */
const painter = {
  manifest: { version: '1.0.0', armature: { api: 1, id: 'test.painter', engines: { armature: '*' }, capabilities: ['graph'] } },
  definition: defineExtension({
    args: {},
    setup({ hooks }) {
      hooks.model.weights.tap(
        { variant: ({ job }) => (job.request.prompt === 'painted' ? 'painted' : undefined) },
        (weights, { model, job }) => {
          if (job.request.prompt !== 'painted') return;
          const value = model.name === 'tiny' ? 2 : -2;
          const of = (key: string, length: number, shape: readonly number[], each: number) => ({
            key: `first_stage_model.decoder.conv_out.${key}`,
            dtype: 'F32' as const,
            shape,
            read: async () => new Float32Array(length).fill(each),
          });
          return weights.with([of('weight', 3 * 32 * 9, [3, 32, 3, 3], 0), of('bias', 3, [3], value)]);
        },
      );
    },
  }),
};

describe('VAE files', () => {
  let host: Host;
  beforeAll(async () => {
    mkdirSync(join(folder, 'VAE'), { recursive: true });
    mkdirSync(checkpoints);
    for (const name of ['tiny', 'other']) {
      cpSync(join(source, 'tiny-random-sd1.safetensors'), join(checkpoints, `${name}.safetensors`));
      cpSync(join(source, 'tiny-random-sd1.yaml'), join(checkpoints, `${name}.yaml`));
    }
    cpSync(join(source, 'tiny-clip'), join(checkpoints, 'tiny-clip'), { recursive: true });
    writeVae(checkpoint, vaePath('same.safetensors'));
    writeVae(checkpoint, vaePath('white.safetensors'), { fill: white, dtype: 'F32' });
    writeVae(checkpoint, vaePath('black.safetensors'), {
      fill: black,
      dtype: 'BF16',
      prefix: 'first_stage_model.',
      extra: ['model_ema.decay', 'loss.logvar', 'first_stage_model.loss.logvar'],
    });
    host = await createTestHost({ models: [folder], extensions: [painter] });
  });
  afterEach(() => {
    for (const file of readdirSync(checkpoints)) if (/\.vae\.|\.json$/.test(file)) rmSync(join(checkpoints, file));
  });
  afterAll(async () => {
    await host.dispose();
    rmSync(folder, { recursive: true });
  });

  const make = async (settings: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => {
    const result = await host.txt2img({ ...request, ...more, settings });
    expect(result.faults).toEqual([]);
    const [image] = result.images;
    if (!image) throw new Error('no picture');
    return { bytes: image.image.toBytes(), infotext: image.infotext };
  };
  const shade = async (settings?: Record<string, unknown>, more?: Record<string, unknown>) => {
    const { bytes } = await make(settings, more);
    const [first] = bytes;
    return bytes.every((byte) => byte === first) ? first : 'colours';
  };
  const failure = async (settings: Record<string, unknown>) => {
    try {
      await make(settings);
    } catch (error) {
      if (isHostError(error)) return error;
      throw error;
    }
    throw new Error('it was made');
  };
  const again = async (): Promise<void> => {
    await host.dispose();
    host = await createTestHost({ models: [folder], extensions: [painter] });
  };

  it('take the place of the own one by name, in every precision and key layout, and are written into the parameters', async () => {
    const own = await make({ sd_vae: 'None' });
    expect(own.infotext).not.toContain('VAE');
    const same = await make({ sd_vae: 'same.safetensors' });
    expect(same.bytes).toEqual(own.bytes);
    const hash = createHash('sha256')
      .update(readFileSync(vaePath('same.safetensors')))
      .digest('hex')
      .slice(0, 10);
    expect(same.infotext).toContain(`, VAE hash: ${hash}, VAE: same.safetensors`);
    expect(await shade({ sd_vae: 'white.safetensors' })).toBe(255);
    expect(await shade({ sd_vae: 'black' })).toBe(0);
    const { infotext } = await make({ sd_vae: 'same.safetensors', add_vae_hash_to_info: false, add_vae_name_to_info: false });
    expect(infotext).not.toContain('VAE');
  });

  it('are found beside the checkpoint, after what the user wrote for it, and the setting wins over both', async () => {
    expect(await shade()).toBe('colours');
    writeVae(checkpoint, join(checkpoints, 'tiny.vae.safetensors'), { fill: white });
    await again();
    expect(await shade()).toBe(255);
    expect(await shade({ sd_vae: 'None' })).toBe('colours');
    expect(await shade({ sd_vae: 'black.safetensors' })).toBe(0);
    const modest = { sd_vae: 'black.safetensors', sd_vae_overrides_per_model_preferences: false };
    expect(await shade(modest)).toBe(255);
    expect(await shade(modest, { model: 'other' })).toBe(0);
    const metadata = join(checkpoints, 'tiny.json');
    writeFileSync(metadata, '{"vae": "black.safetensors", "notes": ""}');
    expect(await shade()).toBe(0);
    writeFileSync(metadata, '{"vae": "None"}');
    expect(await shade()).toBe('colours');
    for (const unclear of ['{"vae": "Automatic"}', '{"vae": "gone.safetensors"}', '{"vae": 5}', '[', 'null']) {
      writeFileSync(metadata, unclear);
      expect(await shade()).toBe(255);
    }
  });

  it('are looked for beside a link, not beside the file it leads to', async () => {
    const link = join(checkpoints, 'linked.safetensors');
    symlinkSync(checkpoint, link);
    cpSync(join(checkpoints, 'tiny.yaml'), join(checkpoints, 'linked.yaml'));
    writeFileSync(join(checkpoints, 'linked.json'), '{"vae": "white.safetensors"}');
    await again();
    expect(await shade({}, { model: 'linked' })).toBe(255);
    expect(await shade()).toBe('colours');
    rmSync(link);
  });

  it('that are none are refused with the next step', async () => {
    const unknown = await failure({ sd_vae: 'missing.safetensors' });
    expect(unknown.code).toBe('MODEL_NOT_FOUND');
    expect(unknown.message).toMatch(/vae "missing.safetensors".*same/);
    writeFileSync(vaePath('old.pt'), 'PK\x03\x04 and so on');
    cpSync(join(source, 'tiny-clip', 'config.json'), vaePath('text.safetensors'));
    cpSync(fileURLToPath(new URL('../fidelity/forward/clip.safetensors', import.meta.url)), vaePath('clip.safetensors'));
    writeVae(checkpoint, vaePath('half.safetensors'), { without: ['encoder.conv_in.weight'] });
    writeVae(checkpoint, vaePath('partial.safetensors'), { without: ['decoder.mid.attn_1.q.weight'] });
    await again();
    expect((await failure({ sd_vae: 'old.pt' })).message).toMatch(/old\.pt .*Take a \.safetensors version/);
    expect((await failure({ sd_vae: 'text.safetensors' })).code).toBe('CKPT_NOT_SAFETENSORS');
    const stranger = await failure({ sd_vae: 'clip.safetensors' });
    expect(stranger.code).toBe('VAE_UNFIT');
    expect(stranger.message).toContain('clip.safetensors');
    for (const name of ['half.safetensors', 'partial.safetensors']) {
      const error = await failure({ sd_vae: name });
      expect([error.code, error.data.path]).toEqual(['CKPT_KEY_MISSING', vaePath(name)]);
    }
    expect(await shade({ sd_vae: 'white.safetensors' })).toBe(255);
  });

  it('share a session between checkpoints, but not what an extension made of it; nothing is emitted twice', async () => {
    const stages = async (more: Record<string, unknown>) => {
      const seen: JobProgress['stage'][] = [];
      await host.txt2img({ ...request, ...more }, { onProgress: ({ stage }) => seen.push(stage) });
      return seen.filter((stage) => stage === 'graph').length;
    };
    const tiled = { settings: { sd_vae: 'same.safetensors', tiling: true } };
    expect(await stages(tiled)).toBeGreaterThan(0);
    expect(await stages(tiled)).toBe(0);
    const plain = await stages({ settings: { sd_vae: 'same.safetensors' } });
    const first = await stages({ model: 'other', settings: { sd_vae: 'None' } });
    expect(await stages({ model: 'other', settings: { sd_vae: 'same.safetensors' } })).toBe(0);
    expect([plain, first]).not.toContain(0);
    const painted = { sd_vae: 'same.safetensors' };
    expect(await shade(painted, { prompt: 'painted' })).toBe(255);
    expect(await shade(painted, { prompt: 'painted', model: 'other' })).toBe(0);
    expect(await shade(painted)).toBe('colours');
  });

  it.skipIf(process.platform !== 'linux')('are opened anew when they have changed, and closed with the host', async () => {
    const open = () =>
      readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          const path = readlinkSync(`/proc/self/fd/${fd}`);
          return path.startsWith(join(folder, 'VAE')) ? [path] : [];
        } catch {
          return [];
        }
      });
    const changing = vaePath('changing.safetensors');
    writeVae(checkpoint, changing, { fill: white });
    expect(await shade({ sd_vae: 'changing.safetensors' })).toBe(255);
    writeVae(checkpoint, changing, { fill: black });
    utimesSync(changing, new Date(), new Date(Date.now() - 60_000));
    expect(await shade({ sd_vae: 'changing.safetensors' })).toBe(0);
    expect(open()).toContain(changing);
    expect(open().length).toBeLessThanOrEqual(4);
    await again();
    expect(open()).toEqual([]);
  });
});
