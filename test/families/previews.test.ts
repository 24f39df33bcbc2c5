import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host, JobProgress } from '@armature/core';
import type { FeedValue, GraphBuilder, Tensor } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWeights } from '../../packages/core/src/checkpoint/index.js';
import { emitGraph, requiredWeights } from '../../packages/core/src/graph/index.js';
import { smallNetwork } from '../../packages/core/src/pipeline/sampling/decode-small.js';
import { startRuntime } from '../../packages/core/src/runtime/index.js';
import { type MadeTensor, safetensorsBytes } from '../../packages/core/test/checkpoint/safetensors-bytes.js';
import { maxDifference } from '../fidelity/forward/max-difference.js';
import { readTensors } from '../fidelity/forward/read-tensors.js';

// The other side is PyTorch: tools/families/previews.py. The weights are made anew from the same generator.
const expected = await readTensors(fileURLToPath(new URL('previews.safetensors', import.meta.url)));

/** Shapes of a network's weights by name, found by emitting it. */
function shapesOf(emit: (g: GraphBuilder) => Promise<void>): Promise<ReadonlyMap<string, readonly number[]>> {
  return requiredWeights({ name: 'net', weightPrefix: '', config: {}, emit }, 'test');
}

function seeded(seed: number, count: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 2 ** 15 - 1;
  });
}

async function weightsOf(type: 'TAESD' | 'Approx NN', rename = (name: string) => name): Promise<Buffer> {
  const shapes = await shapesOf((g) => smallNetwork({ keys: new Set() }, { type, latentChannels: 4 }).emit(g));
  const tensors: Record<string, MadeTensor> = {};
  for (const [at, name] of [...shapes.keys()].sort().entries()) {
    const shape = shapes.get(name)!;
    const fanIn = shape.length > 1 ? shape.slice(1).reduce((product, side) => product * side, 1) : 16;
    const values = seeded(
      1 + at,
      shape.reduce((product, side) => product * side, 1),
    ).map((value) => (value * 1.7) / Math.sqrt(fanIn));
    tensors[rename(name)] = { dtype: 'F32', shape, data: new Uint8Array(values.buffer) };
  }
  return safetensorsBytes(tensors);
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'armature-small-decoders-'));
  await cp(tinyModelFolder, root, { recursive: true });
  for (const name of ['VAE-taesd', 'other']) await mkdir(join(root, name));
  await writeFile(join(root, 'VAE-taesd/taesd_decoder.safetensors'), await weightsOf('TAESD'));
  await writeFile(join(root, 'VAE-approx/model.safetensors'), await weightsOf('Approx NN'));
  // diffusers does not count the clamp among the layers.
  const byDiffusers = (name: string) => name.replace(/^\d+/, (layer) => `decoder.layers.${Number(layer) - 1}`);
  await writeFile(join(root, 'other/diffusers.safetensors'), await weightsOf('TAESD', byDiffusers));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('small decoders against PyTorch', () => {
  it.each([
    ['TAESD', 'VAE-taesd/taesd_decoder.safetensors', 'taesd'],
    ['TAESD', 'other/diffusers.safetensors', 'taesd'],
    ['Approx NN', 'VAE-approx/model.safetensors', 'approx'],
  ] as const)('%s from %s', async (type, file, key) => {
    const weights = await openWeights(join(root, file));
    const runtime = await startRuntime({ threads: 1 });
    try {
      const network = smallNetwork(weights, { type, latentChannels: 4 });
      const plan = { network: network.name, family: 'preview', config: network.config, sockets: [], variants: {} };
      const graph = await emitGraph({ plan, network, weights, file: weights });
      const session = await runtime.load({ ...graph, label: type }, { threads: 1, optimization: 'all', config: {} });
      const { outputs } = await runtime.run(session, { latent: [expected.get('latent') as FeedValue] });
      const image = outputs.image as Tensor;
      expect(image.shape).toEqual(expected.get(key)!.shape);
      expect(maxDifference(image.toFloat32Array(), expected.get(key)!.toFloat32Array())).toBeLessThanOrEqual(1e-4);
    } finally {
      await runtime.dispose();
      await weights.close();
    }
  });
});

describe('previews by small decoders', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost({ models: [root] });
  });
  afterAll(() => host.dispose());

  const widths = async (settings: Record<string, unknown>): Promise<readonly (number | undefined)[]> => {
    const seen: (number | undefined)[] = [];
    const onProgress = ({ stage, step, preview }: JobProgress) => {
      if (stage === 'sampling' && step > 0) seen.push(preview()?.width);
    };
    const request = { prompt: 'a red circle', seed: 7, steps: 4, width: 128, height: 96, settings };
    await host.txt2img(request, { onProgress });
    return seen;
  };

  it('are of full size by TAESD, of a quarter by the approximation, and linear where its file is not there', async () => {
    expect(await widths({ show_progress_type: 'TAESD', show_progress_every_n_steps: 2 })).toEqual([128, 128, 128, 128]);
    expect(await widths({ show_progress_type: 'Approx NN', show_progress_every_n_steps: 1 })).toEqual([32, 32, 32, 32]);
    expect(await widths({ show_progress_type: 'Approx cheap' })).toEqual([16, 16, 16, 16]);
    await rm(join(root, 'VAE-approx/model.safetensors'));
    await host.refresh();
    expect(await widths({ show_progress_type: 'Approx NN', show_progress_every_n_steps: 1 })).toEqual([16, 16, 16, 16]);
  });

  it('whose file is broken cost no picture', async () => {
    await writeFile(join(root, 'VAE-taesd/taesd_decoder.safetensors'), 'nothing');
    await host.refresh();
    expect(await widths({ show_progress_type: 'TAESD', show_progress_every_n_steps: 1 })).toEqual([16, 16, 16, 16]);
  });
});
