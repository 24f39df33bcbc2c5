import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import hypernetwork from '@armature/ext-hypernetwork';
import textualInversion from '@armature/ext-textual-inversion';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWeights } from '../../packages/core/src/checkpoint/index.js';
import { type MadeTensor, safetensorsBytes } from '../../packages/core/test/checkpoint/safetensors-bytes.js';
import hypernetworkManifest from '../../packages/ext-hypernetwork/package.json' with { type: 'json' };
import textualInversionManifest from '../../packages/ext-textual-inversion/package.json' with { type: 'json' };
import { layouts, writeCheckpoint } from './tiny-checkpoints.js';

// What an add-on does is written into a checkpoint, or is there already: both must make the same latent, bit for bit.

/** Each family's token embeddings by what their vectors are called in a file, and the width of its context. */
const families = {
  'tiny-2': { vectors: { emb: 'cond_stage_model.model.token_embedding.weight' }, context: 64 },
  'tiny-xl': {
    vectors: {
      clip_l: 'conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight',
      clip_g: 'conditioner.embedders.1.model.token_embedding.weight',
    },
    context: 128,
  },
} as const;
/** "cat". */
const token = 2368;

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
const tensor = (shape: readonly number[], values: Float32Array): MadeTensor => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(values.buffer),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-exact-'));
  for (const name of ['Stable-diffusion', 'embeddings', 'hypernetworks']) await mkdir(join(folder, name));
  for (const [name, { vectors, context }] of Object.entries(families)) {
    const path = join(folder, 'Stable-diffusion', `${name}.safetensors`);
    const { entries, seed } = layouts[name]!;
    await writeCheckpoint(path, entries, seed);
    await writeFile(join(folder, 'embeddings', `my${name}.safetensors`), await ownVector(path, vectors));
    await writeFile(join(folder, 'hypernetworks', `${name}.safetensors`), doubling(context));
    await writeFile(join(folder, 'Stable-diffusion', `${name}-doubled.safetensors`), await doubled(path, context));
  }
  const extensions = [packaged(textualInversionManifest, textualInversion), packaged(hypernetworkManifest, hypernetwork), watcher];
  host = await createTestHost({ models: [folder], extensions });
});
afterAll(async () => {
  await host?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** An embedding whose vector is that of a word the model knows. */
async function ownVector(path: string, vectors: Readonly<Record<string, string>>): Promise<Buffer> {
  const weights = await openWeights(path);
  const tensors: Record<string, MadeTensor> = {};
  for (const [name, key] of Object.entries(vectors)) {
    const { shape, read } = weights.get(key)!;
    const width = shape[1]!;
    tensors[name === 'emb' ? 'emb_params' : name] = tensor([1, width], (await read()).slice(token * width, (token + 1) * width));
  }
  await weights.close();
  return safetensorsBytes(tensors);
}

/** Layers that give keys and values back as they are, so that with them added they are doubled. */
function doubling(width: number): Buffer {
  const identity = (rows: number, columns: number) =>
    tensor(
      [rows, columns],
      Float32Array.from({ length: rows * columns }, (_, at) => Number(Math.floor(at / columns) === at % columns)),
    );
  const tensors: Record<string, MadeTensor> = {};
  for (const part of [0, 1]) {
    tensors[`${width}.${part}.linear.0.weight`] = identity(2 * width, width);
    tensors[`${width}.${part}.linear.0.bias`] = tensor([2 * width], new Float32Array(2 * width));
    tensors[`${width}.${part}.linear.1.weight`] = identity(width, 2 * width);
    tensors[`${width}.${part}.linear.1.bias`] = tensor([width], new Float32Array(width));
  }
  return safetensorsBytes(tensors);
}

/** The checkpoint with what keys and values of this width are made by doubled. */
async function doubled(path: string, width: number): Promise<Buffer> {
  const weights = await openWeights(path);
  const tensors: Record<string, MadeTensor> = {};
  for (const span of weights.spans()) {
    const data = new Uint8Array(span.byteLength);
    await weights.readInto(span, data, 0);
    const isMeant = /\.attn[12]\.to_[kv]\.weight$/.test(span.key) && span.shape[1] === width;
    const values = isMeant ? (await weights.get(span.key)!.read()).map((value) => 2 * value) : undefined;
    tensors[span.key] = values ? tensor(span.shape, values) : { dtype: span.dtype, shape: span.shape, data };
  }
  await weights.close();
  return safetensorsBytes(tensors);
}

async function make(model: string, prompt: string): Promise<Float32Array> {
  const { faults } = await host.txt2img({ prompt, model, seed: 3, steps: 2, width: 64, height: 64, cfgScale: 2 });
  expect(faults).toEqual([]);
  return latent;
}

describe.each(Object.keys(families))('%s', (name) => {
  it('a textual inversion of the vector of a word is that word', async () => {
    const [word, own, other] = [await make(name, 'a cat'), await make(name, `a my${name}`), await make(name, 'a dog')];
    expect(Buffer.compare(Buffer.from(own.buffer), Buffer.from(word.buffer))).toBe(0);
    expect(Buffer.compare(Buffer.from(other.buffer), Buffer.from(word.buffer))).not.toBe(0);
  });

  it('a hypernetwork that doubles keys and values is the checkpoint in which they are doubled', async () => {
    const [plain, added, written] = [
      await make(name, 'a cat'),
      await make(name, `a cat<hypernet:${name}:1>`),
      await make(`${name}-doubled`, 'a cat'),
    ];
    const difference = Math.max(...added.map((value, at) => Math.abs(value - written[at]!)));
    expect(difference).toBe(0);
    expect(Buffer.compare(Buffer.from(added.buffer), Buffer.from(plain.buffer))).not.toBe(0);
  });
});
