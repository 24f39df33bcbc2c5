import { Tensor } from '@armature/sdk';
import { detectModel, openWeights, readSidecar } from '../packages/core/dist/checkpoint/index.js';
import { sd1Family } from '../packages/core/dist/families/index.js';
import { emitGraph } from '../packages/core/dist/graph/index.js';
import { startRuntime } from '../packages/core/dist/runtime/index.js';

const options = { threads: 0, optimization: 'all', config: {} };
const seconds = (start) => (performance.now() - start) / 1000;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Emission and session creation of every network of a checkpoint, and UNet calls of batch 2 at the given latent sizes:
 * rows for the summary, and the seconds of a call by size.
 */
export async function measureNetworks(path, { calls, sizes }) {
  const weights = await openWeights(path);
  const detected = await detectModel({ weights, sidecar: await readSidecar(path), families: [sd1Family] });
  const runtime = await startRuntime({});
  const rows = [];
  const unetSeconds = {};
  try {
    for (const network of detected.networks) {
      const plan = { network: network.name, family: detected.family, config: network.config, sockets: [], variants: {} };
      const emitStart = performance.now();
      const emitted = await emitGraph({ plan, network, weights, file: weights });
      rows.push([
        `${network.name}: emit`,
        `${(seconds(emitStart) * 1000).toFixed(0)} ms, ${emitted.nodes} nodes, ${(emitted.bytes.length / 1024).toFixed(0)} KiB`,
      ]);
      const loadStart = performance.now();
      const session = await runtime.load({ ...emitted, label: network.name }, options);
      rows.push([`${network.name}: session creation`, `${seconds(loadStart).toFixed(2)} s`]);
      if (network.name === 'unet') {
        for (const size of sizes) {
          unetSeconds[size] = await unetCall(runtime, session, detected, size, calls);
          rows.push([`unet: one call, batch 2, latent ${size}×${size}`, `${unetSeconds[size].toFixed(3)} s (median of ${calls})`]);
        }
      }
      await runtime.unload(session);
    }
    rows.push(['peak memory of the runtime process', mebibytes((await runtime.memory()).peakRss)]);
  } finally {
    await runtime.dispose();
    await weights.close();
  }
  return { rows, unetSeconds };
}

async function unetCall(runtime, session, detected, size, calls) {
  const feeds = {
    latent: [random([2, detected.latent.channels, size, size])],
    timestep: [new Tensor([500, 500], [2])],
    context: [random([2, 77, detected.text.width])],
  };
  await runtime.run(session, feeds);
  const times = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await runtime.run(session, feeds);
    times.push(seconds(start));
  }
  return median(times);
}

function random(shape) {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 1.5),
    shape,
  );
}

export const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
