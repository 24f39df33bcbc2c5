import type { FamilyNetwork } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyCheckpoint } from '../../../../test/fidelity/forward/sd1-networks.js';
import { openWeights, readSidecar, type WeightsFile } from '../../src/checkpoint/index.js';
import { sd1Family } from '../../src/families/index.js';
import { emitGraph } from '../../src/graph/index.js';
import { headerOnly } from './header-only.js';
import { summarise } from './model-summary.js';
import { sd15Layout } from './sd15-layout.js';

// What is emitted is part of session keys and of the disk cache: it changes on purpose or not at all.
describe.each(['tiny', 'full size'])('graphs of a %s checkpoint', (size) => {
  let weights: WeightsFile;
  let networks: readonly FamilyNetwork[];
  beforeAll(async () => {
    weights = size === 'tiny' ? await openWeights(tinyCheckpoint) : await headerOnly('sd15.safetensors', sd15Layout());
    networks = sd1Family.detect(weights, size === 'tiny' ? await readSidecar(tinyCheckpoint) : undefined)!.networks;
  });
  afterAll(() => (size === 'tiny' ? weights.close() : undefined));

  it.each(['token-embedding', 'text-encoder', 'unet', 'vae-encoder', 'vae-decoder'])('%s', async (name) => {
    const network = networks.find((candidate) => candidate.name === name)!;
    const plan = { network: name, family: 'sd1', config: network.config, sockets: [], variants: {} };
    const graph = await emitGraph({ plan, network, weights, file: weights });
    expect({ ...summarise(graph.bytes), nodes: graph.nodes, weightBytes: graph.weightBytes, digest: graph.digest }).toMatchSnapshot();
  });

  it('are emitted with turns of the event loop in between', async () => {
    const network = networks.find(({ name }) => name === 'unet')!;
    const plan = { network: 'unet', family: 'sd1', config: network.config, sockets: [], variants: {} };
    let turns = 0;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await emitGraph({ plan, network, weights, file: weights });
    clearImmediate(next);
    expect(turns).toBeGreaterThan(15);
  });
});
