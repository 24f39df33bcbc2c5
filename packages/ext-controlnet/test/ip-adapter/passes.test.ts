import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clipVision, type UnetConfig } from '@armature/nn';
import { type FeedValue, type GraphBuilder, isTensor, Tensor, type WeightMap } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FamilyNetworks } from '../../../../test/fidelity/forward/family-networks.js';
import { maxDifference } from '../../../../test/fidelity/forward/max-difference.js';
import { readTensors } from '../../../../test/fidelity/forward/read-tensors.js';
import { openWeights } from '../../../core/src/checkpoint/index.js';
import { builtinFamilies } from '../../../core/src/families/index.js';
import { emitGraph } from '../../../core/src/graph/index.js';
import { decodeImage } from '../../../core/src/image/index.js';
import { type Runtime, startRuntime } from '../../../core/src/runtime/index.js';
import { readAdapterFile } from '../../src/ip-adapter/adapter-file.js';
import { adapterNetwork } from '../../src/ip-adapter/adapter-network.js';
import { attentionPlaces } from '../../src/ip-adapter/attention-places.js';
import { BesideText, inputNames } from '../../src/ip-adapter/beside-text.js';
import { readEncoderFile } from '../../src/ip-adapter/encoder-file.js';
import { pixelValues } from '../../src/ip-adapter/pixel-values.js';
import { channelsOf, pixelsOf } from '../../src/vision/pixels.js';
import { writeTinyModels } from './tiny-models.js';

// The other side is PyTorch: tools/control/ip-adapter-oracle.py. The models are made anew from their seeds.
const LIMIT = 1e-4;
const expected = await readTensors(fileURLToPath(new URL('oracle.safetensors', import.meta.url)));
const differs = (name: string, found: Tensor | undefined): number =>
  found ? maxDifference(found.toFloat32Array(), expected.get(name)!.toFloat32Array()) : Number.POSITIVE_INFINITY;

let folder: string;
let runtime: Runtime;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-ip-adapter-'));
  await writeTinyModels(folder);
  runtime = await startRuntime({ threads: 1 });
});
afterAll(async () => {
  await runtime?.dispose();
  await rm(folder, { recursive: true, force: true });
});

type Feeds = Readonly<Record<string, FeedValue>>;
interface Network {
  readonly weights?: WeightMap;
  emit(g: GraphBuilder): Promise<void>;
}

/** One pass of a network over a file. */
async function pass(name: string, network: (file: WeightMap) => Network, feeds: Feeds): Promise<Readonly<Record<string, Tensor>>> {
  const file = await openWeights(join(folder, `${name}.safetensors`));
  try {
    const { weights = file, emit } = network(file);
    const plan = { network: 'own', family: 'extension', config: {}, sockets: [], variants: {} };
    const graph = await emitGraph({ plan, network: { name: 'own', weightPrefix: '', config: {}, emit }, weights, file });
    const session = await runtime.load({ ...graph, label: name }, { threads: 1, optimization: 'all', config: {} });
    const { outputs } = await runtime.run(session, Object.fromEntries(Object.entries(feeds).map(([key, value]) => [key, [value]])));
    return Object.fromEntries(Object.entries(outputs).filter((entry): entry is [string, Tensor] => isTensor(entry[1])));
  } finally {
    await file.close();
  }
}

/** The two corners of the picture that the oracle took, and nothing. */
async function pictures(): Promise<Tensor> {
  const path = fileURLToPath(new URL('../../../../test/fidelity/pictures/init_64x64.png', import.meta.url));
  const whole = channelsOf(pixelsOf(await decodeImage(await readFile(path), { name: 'init' })), [0, 1, 2]);
  const corner = (left: number, top: number): Tensor => {
    const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => {
      const [x, y] = [Math.floor(at / 3) % 16, Math.floor(at / 48)];
      return whole.data[((top + y) * whole.width + left + x) * 3 + (at % 3)]!;
    });
    return pixelValues({ data, width: 16, height: 16, channels: 3 }, 16);
  };
  return corner(0, 0).concat(corner(40, 24), new Tensor(new Float32Array(3 * 16 * 16), [1, 3, 16, 16]));
}

describe('image encoders against PyTorch', () => {
  it.each(['clip_h', 'clip_g'])('%s: the vector and the states before the last layer', async (name) => {
    const pixels = await pictures();
    for (const output of ['embeds', 'hidden'] as const) {
      const encoder = (file: WeightMap): Network => {
        const { config, weights } = readEncoderFile(file, name);
        return { weights, emit: (g) => clipVision(g, config, output) };
      };
      const found = await pass(`clip_vision/${name}`, encoder, { pixels });
      expect(found[output]?.shape).toEqual(expected.get(`${name}.${output}`)!.shape);
      expect(differs(`${name}.${output}`, found[output])).toBeLessThanOrEqual(LIMIT);
    }
  });
});

/** The encoded pictures in the given rows, and nothing last. */
function encoded(name: string, sees: 'embeds' | 'hidden', wanted: readonly number[]): Tensor {
  const all = expected.get(`${name}.${sees}`)!;
  const nothing = sees === 'embeds' ? new Tensor(new Float32Array(all.shape[1]!), [1, all.shape[1]!]) : all.rows(2, 3);
  const [first, ...rest] = wanted.map((at) => all.rows(at, at + 1));
  return first!.concat(...rest, nothing);
}

const adapter = (file: WeightMap): Network => ({ emit: (g) => adapterNetwork(g, readAdapterFile(file, 0, 'adapter')) });
const sd15 = ['ip-adapter_sd15', 'ip-adapter-plus_sd15', 'ip-adapter-full-face_sd15'] as const;
const seesOf = (name: string): 'embeds' | 'hidden' => (name.includes('plus') || name.includes('full') ? 'hidden' : 'embeds');

describe('adapters against PyTorch', () => {
  it.each(sd15)('%s: keys and values of the mean of two pictures, and of none', async (name) => {
    const found = await pass(`ControlNet/${name}`, adapter, {
      pictures: encoded('clip_h', seesOf(name), [0, 1]),
      mix: new Tensor([0.5, 0.5, 0, 0, 0, 1], [2, 3]),
    });
    expect(Object.keys(found)).toHaveLength(32);
    for (const output of ['k0', 'v15']) expect(differs(`${name}.${output}`, found[output])).toBeLessThanOrEqual(LIMIT);
  });
});

/** One pass of a UNet that has room for two pictures; the adapter fills one of them. */
async function seen(checkpoint: string, name: string, feeds: Feeds, slot: number | undefined): Promise<Tensor | undefined> {
  const family = builtinFamilies.find((candidate) => candidate.name === (checkpoint === 'tiny-xl' ? 'sdxl' : 'sd1'))!;
  await using networks = await FamilyNetworks.start(family, join(folder, `Stable-diffusion/${checkpoint}.safetensors`));
  const config = networks.detected.networks.find((network) => network.name === 'unet')!.config as unknown as UnetConfig;
  const beside = new BesideText();
  const room = { heads: config.heads, slots: 2 };
  const unet = await networks.open('unet', { wrapModule: (path, emit) => beside.wrap(path, emit, room) });
  const told: Record<string, FeedValue> = {};
  if (slot !== undefined) {
    const encoder = checkpoint === 'tiny-xl' ? 'clip_g' : 'clip_h';
    const given = { pictures: encoded(encoder, seesOf(name), [0]), mix: new Tensor([1, 0], [1, 2]) };
    const found = await pass(`ControlNet/${name}`, adapter, given);
    for (const [at, { path }] of attentionPlaces(config).entries()) {
      const names = inputNames(slot, path);
      Object.assign(told, { [names.key]: found[`k${at}`], [names.value]: found[`v${at}`], [names.scale]: new Tensor([0.7], [1, 1, 1]) });
    }
  }
  return (await unet({ timestep: new Tensor([500.5], [1]), latent: expected.get('latent')!, ...feeds, ...told })).epsilon;
}

describe('UNets that see a picture against PyTorch', () => {
  const context = expected.get('context')!;

  it('nothing is seen in slots that are not filled', async () => {
    const blind = await seen('tiny-sd15', sd15[0], { context }, undefined);
    expect(differs('blind.out', blind)).toBeLessThanOrEqual(LIMIT);
    for (const name of sd15) expect(differs(`${name}.out`, blind)).toBeGreaterThan(0.02);
  });

  it.each(sd15)('%s: every cross-attention, in the order of its numbers', async (name) => {
    for (const slot of [0, 1]) expect(differs(`${name}.out`, await seen('tiny-sd15', name, { context }, slot))).toBeLessThanOrEqual(LIMIT);
  });

  it('SDXL: blocks of several layers', async () => {
    const feeds = { context: expected.get('xl.context')!, vector: expected.get('xl.vector')! };
    expect(differs('ip-adapter_sdxl.out', await seen('tiny-xl', 'ip-adapter_sdxl', feeds, 0))).toBeLessThanOrEqual(LIMIT);
  });
});
