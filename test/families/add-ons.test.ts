import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import hypernetwork from '@armature/ext-hypernetwork';
import lora from '@armature/ext-lora';
import textualInversion from '@armature/ext-textual-inversion';
import type { GenerationRequest } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import hypernetworkManifest from '../../packages/ext-hypernetwork/package.json' with { type: 'json' };
import loraManifest from '../../packages/ext-lora/package.json' with { type: 'json' };
import textualInversionManifest from '../../packages/ext-textual-inversion/package.json' with { type: 'json' };
import { safetensors, vectors } from '../../packages/ext-textual-inversion/test/embedding-kit.js';
import { maxDifference } from '../fidelity/forward/max-difference.js';
import { layouts, writeCheckpoint } from './tiny-checkpoints.js';

const rank = 2;
/** Modules of each network of SDXL, as training tools name them, with the size of their weights. */
const places = {
  'smaller text encoder': ['lora_te1_text_model_encoder_layers_0_mlp_fc1', 256, 64],
  'larger text encoder': ['lora_te2_text_model_encoder_layers_0_mlp_fc2', 64, 256],
  'a third of a joined projection': ['lora_te2_text_model_encoder_layers_1_self_attn_v_proj', 64, 64],
  unet: ['lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_v', 64, 128],
} as const;

let folder: string;
let host: Host;
let latent: Float32Array;
const watcher = inlineExtension('test.watcher', {
  setup({ hooks }) {
    hooks.sampling.step.tap((report) => {
      latent = report.latent.toFloat32Array();
    });
  },
});
const packaged = ({ name, version, armature }: { name: string; version: string; armature: object }, definition: unknown) =>
  ({ manifest: { name, version, ...armature }, definition }) as never;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-add-ons-'));
  for (const name of ['Stable-diffusion', 'Lora', 'embeddings', 'hypernetworks']) await mkdir(join(folder, name));
  const { entries, seed } = layouts['tiny-xl']!;
  await writeCheckpoint(join(folder, 'Stable-diffusion', 'tiny-xl.safetensors'), entries, seed);
  for (const [at, [module, out, inner]] of Object.values(places).entries()) {
    const [up, down] = [vectors(out, rank, 1 + at), vectors(rank, inner, 9 + at)];
    const product = Array.from({ length: out * inner }, (_, i) =>
      [0, 1].reduce((sum, r) => sum + up.values[Math.floor(i / inner) * rank + r]! * down.values[r * inner + (i % inner)]!, 0),
    );
    const beside = {
      [`${module}.lora_up.weight`]: up,
      [`${module}.lora_down.weight`]: down,
      [`${module}.alpha`]: { shape: [], values: [rank] },
    };
    await writeFile(join(folder, 'Lora', `beside${at}.safetensors`), safetensors(beside));
    const merged = { [`${module}.diff`]: { shape: [out, inner], values: product } };
    await writeFile(join(folder, 'Lora', `merged${at}.safetensors`), safetensors(merged));
  }
  await writeFile(join(folder, 'embeddings', 'pair.safetensors'), safetensors({ clip_l: vectors(2, 64, 3), clip_g: vectors(2, 64, 4) }));
  await writeFile(join(folder, 'embeddings', 'left.safetensors'), safetensors({ clip_l: vectors(2, 64, 3), clip_g: vectors(2, 64, 5) }));
  await writeFile(join(folder, 'embeddings', 'single.safetensors'), safetensors({ e: vectors(2, 128, 3) }));
  host = await createTestHost({
    models: [folder],
    extensions: [
      packaged(loraManifest, lora),
      packaged(textualInversionManifest, textualInversion),
      packaged(hypernetworkManifest, hypernetwork),
      watcher,
    ],
  });
});
afterAll(async () => {
  await host?.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function make(prompt: string, more: Partial<GenerationRequest> = {}): Promise<{ latent: Float32Array; infotext: string }> {
  const { images, faults } = await host.txt2img({ prompt, seed: 3, steps: 2, width: 64, height: 64, cfgScale: 2, ...more });
  expect(faults).toEqual([]);
  return { latent, infotext: images[0]?.infotext ?? '' };
}

describe('add-ons of SDXL', () => {
  it.each(Object.keys(places).map((place, at) => [place, at] as const))(
    'a LoRA reaches the %s, beside the weight as merged',
    async (_, at) => {
      const plain = await make('a red cat');
      const beside = await make(`a red cat<lora:beside${at}:0.3>`);
      const merged = await make(`a red cat<lora:merged${at}:0.3>`);
      expect(maxDifference(plain.latent, beside.latent)).toBeGreaterThan(0.01);
      expect(maxDifference(beside.latent, merged.latent)).toBeLessThan(1e-3);
    },
  );

  it('an embedding brings vectors for both text encoders', async () => {
    const [pair, left, plain] = [await make('a pair cat'), await make('a left cat'), await make('a  cat')];
    expect(pair.infotext).toMatch(/TI hashes: "pair: [0-9a-f]{12}, pair: [0-9a-f]{12}"/);
    // The two words differ in what they are to the larger encoder alone.
    for (const [a, b] of [
      [pair, left],
      [pair, plain],
    ] as const)
      expect(maxDifference(a.latent, b.latent)).toBeGreaterThan(1e-3);
  });

  it('an embedding that fits both encoders only together is no word of the model', async () => {
    const { infotext } = await make('a single cat');
    expect(infotext).not.toContain('TI hashes');
  });

  it('prompts change while sampling, are joined by AND, and are longer than a chunk', async () => {
    const plain = await make('a red cat', { steps: 4 });
    const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join(', ');
    for (const prompt of ['a [red:blue:1] cat', 'a red cat AND a blue dog :0.5', long, 'a (red:1.4) cat'])
      expect(maxDifference((await make(prompt, { steps: 4 })).latent, plain.latent), prompt).toBeGreaterThan(1e-3);
  });

  it('an empty negative prompt is not the prompt of no words', async () => {
    const [empty, space] = [await make('a red cat', { negativePrompt: '' }), await make('a red cat', { negativePrompt: ' ' })];
    expect(maxDifference(empty.latent, space.latent)).toBeGreaterThan(1e-3);
  });
});
