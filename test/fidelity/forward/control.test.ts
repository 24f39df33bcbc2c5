import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { UnetConfig } from '@armature/nn';
import type { GraphBuilder, GraphPlan, Tensor } from '@armature/sdk';
import { Tensor as TensorOf } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWeights, readSidecar, type WeightsFile } from '../../../packages/core/src/checkpoint/index.js';
import { sd1Family } from '../../../packages/core/src/families/index.js';
import { emitGraph } from '../../../packages/core/src/graph/index.js';
import { type Runtime, type RuntimeSession, startRuntime } from '../../../packages/core/src/runtime/index.js';
import { needsBase, sortControlFile, weightsOf } from '../../../packages/ext-controlnet/src/files/control-file.js';
import { emitControl, emitHint, isAdapter } from '../../../packages/ext-controlnet/src/networks/control-network.js';
import { pixelUnshuffle } from '../../../packages/ext-controlnet/src/networks/pixel-unshuffle.js';
import { maxDifference } from './max-difference.js';
import { readTensors } from './read-tensors.js';
import { tinyCheckpoint } from './sd1-networks.js';

/** Acceptance line: what one pass of a network may differ from the original's. */
const LIMIT = 1e-4;
const set = fileURLToPath(new URL('../../../../shared/fidelity', import.meta.url));
const folder = `${set}/open/forward_control`;
const files = existsSync(folder) ? readdirSync(folder) : [];

let runtime: Runtime;
let base: WeightsFile;
let unet: UnetConfig;
beforeAll(async () => {
  [runtime, base] = await Promise.all([startRuntime({ threads: 1 }), openWeights(tinyCheckpoint)]);
  const detected = sd1Family.detect(base, await readSidecar(tinyCheckpoint));
  unet = detected!.networks.find(({ name }) => name === 'unet')!.config as unknown as UnetConfig;
});
afterAll(async () => {
  await runtime.dispose();
  await base.close();
});

const plan: GraphPlan = { network: 'control', family: 'extension', config: {}, sockets: [], variants: {} };

describe.skipIf(files.length === 0)('single passes of control networks', () => {
  it.each(files)('%s', async (name) => {
    const pairs = await readTensors(`${folder}/${name}`);
    const stem = name.replace(/\.safetensors$/, '');
    const path = ['safetensors', 'pth'].map((end) => `${set}/data/models/ControlNet/${stem}.${end}`).find(existsSync)!;
    const weights = await openWeights(path);
    const file = sortControlFile(weights, path);
    const open = async (emit: (g: GraphBuilder) => Promise<void>): Promise<RuntimeSession> => {
      const network = { name: 'control', weightPrefix: '', config: {}, emit };
      const graph = await emitGraph({ plan, network, weights: weightsOf(file, needsBase(file) ? base : undefined), file: weights });
      return runtime.load({ ...graph, label: stem }, { threads: 1, optimization: 'all', config: {} });
    };
    const session = await open((g) => emitControl(g, file, unet, false));
    const eye = isAdapter(file) ? undefined : await open((g) => emitHint(g, unet));
    const prefixes = new Set([...pairs.keys()].map((key) => key.split('.')[0]!));
    for (const prefix of prefixes) {
      const given = (part: string): Tensor => pairs.get(`${prefix}.${part}`)!;
      const expected = [...pairs.keys()].filter((key) => key.startsWith(`${prefix}.out`));
      expect(expected.length).toBe(isAdapter(file) ? 4 : 13);
      const common = {
        scales: new TensorOf(new Array(expected.length).fill(1), [1, expected.length]),
        region: new TensorOf([1], [1, 1, 1, 1]),
      };
      const grey = file.entries.get('conv_in.weight')?.shape[1] === 64;
      const feeds = isAdapter(file)
        ? {
            ...common,
            ...levelsOf(expected.map((key) => pairs.get(key)!)),
            hint: pixelUnshuffle(grey ? firstChannel(given('hint')) : given('hint')),
          }
        : { ...common, latent: given('x'), timestep: given('t'), context: given('context'), hint: await seen(eye!, given('hint')) };
      const { outputs } = await runtime.run(session, Object.fromEntries(Object.entries(feeds).map(([key, value]) => [key, [value]])));
      for (const key of expected) {
        const found = outputs[key.slice(prefix.length + 1)] as Tensor;
        const wanted = pairs.get(key)!;
        expect(found.shape).toEqual(wanted.shape);
        expect(maxDifference(found.toFloat32Array(), wanted.toFloat32Array()), key).toBeLessThanOrEqual(LIMIT);
      }
    }
    await weights.close();
  });
});

/** A picture as a ControlNet sees it. */
async function seen(eye: RuntimeSession, picture: Tensor): Promise<Tensor> {
  const { outputs } = await runtime.run(eye, { picture: [picture] });
  return outputs.hint as Tensor;
}

/** Adapters of one input channel see the first. */
function firstChannel(hint: Tensor): Tensor {
  const [count = 0, channels = 0, height = 0, width = 0] = hint.shape;
  const plane = height * width;
  const values = hint.toFloat32Array();
  const first = Array.from({ length: count }, (_, row) => [...values.subarray(row * channels * plane, (row * channels + 1) * plane)]);
  return new TensorOf(first.flat(), [count, 1, height, width]);
}

/** Of the sizes an adapter's features have by themselves. */
function levelsOf(features: readonly Tensor[]): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    features.map(({ shape: [, , height = 0, width = 0] }, level) => [
      `level${level}`,
      new TensorOf(new Float32Array(height * width), [height, width]),
    ]),
  );
}
