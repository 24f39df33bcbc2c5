import { type CatalogueEntry, HostError, type SessionsApi, type Tensor, type UpscalerContribution, type WeightsApi } from '@armature/sdk';
import { cropTensor, mirrorPad } from './mirror-pad.js';
import { type FoundNetwork, readNetwork } from './networks/read-network.js';
import { fromPlanes, toPlanes } from './picture-planes.js';
import { upscaleInGrid } from './tile-grid.js';
import { tilesOf } from './tile-settings.js';
import { upscaleAveraged } from './upscale-averaged.js';
import type { UpscalerFolder } from './upscaler-folders.js';

export interface UpscalerParts {
  readonly sessions: SessionsApi;
  readonly weights: WeightsApi;
}

/** What the webui says of every file it finds. */
const listedScale = 4;

/** A file of the upscalers' folders; it is opened when a picture is made larger. */
export function fileUpscaler(entry: CatalogueEntry, folder: UpscalerFolder, parts: UpscalerParts): UpscalerContribution {
  return {
    name: folder.titles?.[entry.name] ?? entry.name,
    scale: listedScale,
    async upscale(image, { signal, settings }) {
      const found = await openNetwork(entry, parts.weights);
      const run = runner(entry.path, found, parts.sessions, signal);
      const tiles = tilesOf(folder.tiles, settings);
      if (folder.joins === 'seams') return upscaleInGrid(image, tiles, async (tile) => fromPlanes(await run(toPlanes(tile))));
      return upscaleAveraged(image, { ...tiles, scale: found.network.scale, run });
    },
  };
}

/** @throws HostError UPSCALER_UNFIT, CKPT_* */
async function openNetwork({ path }: CatalogueEntry, weights: WeightsApi): Promise<FoundNetwork> {
  const file = await weights.open(path);
  try {
    const found = readNetwork(file);
    if (found) return found;
    const keys = [...file.keys].slice(0, 3).join(', ');
    throw new HostError('UPSCALER_UNFIT', { path, problem: `its tensors (${keys}, …) are those of no upscaler known here` });
  } finally {
    await file.close();
  }
}

/** Runs a network on [1,3,h,w]; a session for each size where the network depends on it. */
function runner(
  path: string,
  { network, prefix }: FoundNetwork,
  sessions: SessionsApi,
  signal: AbortSignal,
): (x: Tensor) => Promise<Tensor> {
  return async (given) => {
    const x = mirrorPad(given, network.multiple);
    const [, , height = 0, width = 0] = x.shape;
    const shape = network.fixedSize ? [1, 3, height, width] : ['n', 3, 'h', 'w'];
    const session = await sessions.open({
      key: `${network.architecture} ${shape}`,
      weightsPath: path,
      weightPrefix: prefix,
      async emit(g) {
        g.output('y', network.emit(g, g.input('x', 'float32', shape)));
      },
    });
    try {
      const { y } = await session.run({ x }, { signal });
      const [, , rows = 0, columns = 0] = given.shape;
      return cropTensor(y as Tensor, rows * network.scale, columns * network.scale);
    } finally {
      await session.free();
    }
  };
}
