import { Tensor } from '@armature/sdk';
import { detectModel, openWeights, readSidecar, WeightsCache } from '../packages/core/dist/checkpoint/index.js';
import { sd1Family } from '../packages/core/dist/families/index.js';
import { emitGraph } from '../packages/core/dist/graph/index.js';
import { inTiles } from '../packages/core/dist/pipeline/images/in-tiles.js';
import { startRuntime } from '../packages/core/dist/runtime/index.js';
import { mebibytes } from './measure-networks.js';

const quiet = { debug() {}, info() {}, warn: console.error, error: console.error };
const options = { threads: 0, optimization: 'extended', config: { disable_prepacking: '1' } };

/** What decoding a picture of `size`² takes of the runtime's memory: one tile first, then all of them. */
export async function measureTiles(path, { size, tile, data }) {
  const weights = await openWeights(path);
  const cache = new WeightsCache({ folder: data, limitBytes: 2 ** 40, smallestBytes: 0, log: quiet });
  const copy = await cache.copyOf(weights);
  const detected = await detectModel({ weights, sidecar: await readSidecar(path), families: [sd1Family] });
  const network = detected.networks.find(({ name }) => name === 'vae-decoder');
  const plan = { network: network.name, family: detected.family, config: network.config, sockets: [], variants: {} };
  const relocate = copy && ((place, dtype) => copy.locate(place, dtype));
  const { downscale, channels } = detected.latent;
  const runtime = await startRuntime({});
  try {
    const emitted = await emitGraph({ plan, network, weights, file: weights, relocate });
    const session = await runtime.load({ ...emitted, label: network.name }, options);
    const work = async (latent) => (await runtime.run(session, { latent: [latent] })).outputs.image;
    const cells = size / downscale;
    const latent = (side) => {
      const shape = [1, channels, side, side];
      return new Tensor(
        Float32Array.from({ length: channels * side * side }, (_, at) => Math.sin(at * 12.9898)),
        shape,
      );
    };
    await work(latent(tile / downscale));
    const { peakRss: one } = await runtime.memory();
    await inTiles(latent(cells), { side: tile / downscale, scale: downscale, work });
    const { peakRss: all } = await runtime.memory();
    const whole = network.workingBytes({ width: size, height: size, batch: 1 });
    return [
      [`runtime's peak, one tile of ${tile}²`, mebibytes(one)],
      [`runtime's peak, ${size}² in tiles of ${tile}²`, mebibytes(all)],
      [`estimate for ${size}² at once`, mebibytes(whole)],
    ];
  } finally {
    await runtime.dispose();
    await weights.close();
  }
}
