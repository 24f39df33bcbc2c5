import {
  defineScript,
  field,
  type GenerationRequest,
  type InitRequest,
  type Raster,
  type ScriptComposition,
  type ScriptPicture,
  type ScriptScope,
} from '@armature/sdk';
import { flattened } from './pictures/flattened.js';
import { Plate } from './pictures/plate.js';
import { scriptMistake } from './script-mistake.js';
import { combine } from './tiles/combine.js';
import { mostTiles, split, type Tile, tileCount } from './tiles/split.js';

const name = 'SD upscale';

interface UpscaleArgs {
  readonly overlap: number;
  readonly upscaler: string;
  readonly scale: number;
}

/** The given picture enlarged, then made again tile by tile; width and height of the request are a tile's (`sd_upscale.py`). */
export const sdUpscale = defineScript({
  name,
  tabs: ['img2img'],
  args: {
    // The page's words stand here; they change nothing.
    note: field.json().label(''),
    overlap: field.integer(64, { min: 0, max: 256, step: 16 }).label('Tile overlap'),
    upscaler: field.choice({ source: 'upscaler' }, 'None').label('Upscaler'),
    scale: field.number(2, { min: 1, max: 4, step: 0.05 }).label('Scale Factor'),
  },
  async run(scope) {
    const { args, job } = scope;
    const { request } = job;
    const seed = scope.fixSeed(request.seed);
    const given = flattened((request.init as InitRequest).images[0] as Raster, String(job.settings.img2img_background_color));
    if (args.overlap >= Math.min(request.width, request.height)) {
      throw scriptMistake(name, 'overlap', `must be smaller than a tile of ${request.width}×${request.height}`, args.overlap);
    }
    const count = tileCount({ width: given.width * args.scale, height: given.height * args.scale }, request, args.overlap);
    if (count > mostTiles) throw scriptMistake(name, 'the picture', `would need ${count} tiles; at most ${mostTiles} are made`, args.scale);
    const image = await scope.upscale(given, args.upscaler, args.scale);
    const tiles = split(image, request, args.overlap);
    scope.plan(Math.ceil(tiles.length / request.batchSize) * request.iterations);
    const images: ScriptComposition[] = [];
    let first: ScriptPicture | undefined;
    for (let n = 0; n < request.iterations; n++) {
      const made = await makeTiles(scope, tiles, { ...request, seed: seed + n });
      first ??= made[0];
      if (!first) break;
      const black = new Plate(request).raster();
      const filled = tiles.map((tile, index): Tile => ({ ...tile, image: made[index]?.image ?? black }));
      images.push({ kind: 'picture', image: combine(filled, image, args.overlap), like: first });
    }
    return { images };
  },
});

/** As many tiles at once as a batch has pictures; each batch draws its own noise. */
async function makeTiles(
  scope: ScriptScope<UpscaleArgs>,
  tiles: readonly Tile[],
  request: GenerationRequest,
): Promise<readonly ScriptPicture[]> {
  const { overlap, upscaler } = scope.args;
  const fields = { 'SD upscale overlap': overlap, 'SD upscale upscaler': upscaler };
  const made: ScriptPicture[] = [];
  for (let at = 0, batch = 0; at < tiles.length; at += request.batchSize, batch++) {
    const images = tiles.slice(at, at + request.batchSize).map(({ image }) => image);
    // One picture is the start of a whole batch; what is made beside it is left.
    const batchSize = images.length > 1 ? images.length : request.batchSize;
    const init = { ...(request.init as InitRequest), images };
    const pictures = await scope.run({ ...request, batchSize, iterations: 1, seed: request.seed + batch, init }, { fields, save: false });
    if (pictures.length === 0) break;
    made.push(...pictures.slice(0, images.length));
  }
  return made;
}
