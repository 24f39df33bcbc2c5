import {
  defineScript,
  field,
  type GenerationRequest,
  type InitRequest,
  type MaskRequest,
  type Raster,
  type ScriptPicture,
  type ScriptScope,
} from '@armature/sdk';
import { type Added, enlarged, sides } from './pictures/enlarged.js';
import { flattened } from './pictures/flattened.js';
import { Plate, type Size } from './pictures/plate.js';
import { scriptMistake } from './script-mistake.js';
import { combine } from './tiles/combine.js';
import { mostTiles, split, type Tile, tileCount } from './tiles/split.js';

const name = "Poor man's outpainting";
const contents = ['fill', 'original', 'latent noise', 'latent nothing'] as const;

interface Outpainting {
  /** The given picture on black, and what of it is added. */
  readonly image: Raster;
  readonly added: Added;
  /** The request's tiles, and the masks of each. */
  readonly tiles: readonly { readonly tile: Tile; readonly mask: Raster; readonly latent: Raster; readonly painted: boolean }[];
}

/** The given picture goes on beyond its borders, tile by tile (`poor_mans_outpainting.py`). */
export const poorMansOutpainting = defineScript({
  name,
  tabs: ['img2img'],
  args: {
    pixels: field.integer(128, { min: 8, max: 256, step: 8 }).label('Pixels to expand'),
    maskBlur: field.integer(4, { min: 0, max: 64, step: 1 }).label('Mask blur'),
    content: field.indexed(contents, 'fill').label('Masked content'),
    direction: field.choices(sides, sides).label('Outpainting direction'),
  },
  async run(scope) {
    const { pixels, maskBlur, content } = scope.args;
    const { request } = scope.job;
    if (pixels >= Math.min(request.width, request.height)) {
      throw scriptMistake(name, 'pixels', `must be fewer than the sides of ${request.width}×${request.height}`, pixels);
    }
    const plan = prepare(scope);
    const painted = plan.tiles.filter((each) => each.painted);
    scope.plan(painted.length);
    const made = new Map<Tile, ScriptPicture>();
    let seed = scope.fixSeed(request.seed);
    for (const { tile, mask, latent } of painted) {
      const blur = 2 * maskBlur;
      const own: MaskRequest = {
        image: mask,
        latent,
        blurX: blur,
        blurY: blur,
        round: true,
        invert: false,
        content,
        area: 'whole',
        padding: 0,
      };
      const init = { ...(request.init as InitRequest), images: [tile.image], mask: own };
      const one: GenerationRequest = { ...request, batchSize: 1, iterations: 1, seed, init };
      const [picture] = await scope.run(one, { save: false });
      if (!picture) break;
      made.set(tile, picture);
      seed++;
    }
    const [first] = made.values();
    if (!first) return { images: [] };
    const black = new Plate(request).raster();
    const tiles = plan.tiles.map(
      ({ tile, painted: isPainted }): Tile => (isPainted ? { ...tile, image: made.get(tile)?.image ?? black } : tile),
    );
    return { images: [{ kind: 'picture', image: combine(tiles, plan.image, pixels), like: first }] };
  },
});

type OutScope = ScriptScope<{ readonly pixels: number; readonly maskBlur: number; readonly direction: readonly string[] }>;

function prepare({ args, job }: OutScope): Outpainting {
  const { request } = job;
  const given = flattened((request.init as InitRequest).images[0] as Raster, String(job.settings.img2img_background_color));
  const { size, added } = enlarged(given, args.pixels, args.direction);
  const count = tileCount(size, request, args.pixels);
  if (count > mostTiles) throw scriptMistake(name, 'the picture', `would need ${count} tiles; at most ${mostTiles} are made`, count);
  const image = new Plate(size).paste(given, added.left, added.up).raster();
  const masks = split(kept(size, added, args.maskBlur * 2), request, args.pixels);
  const latents = split(kept(size, added, Math.floor(args.maskBlur / 2)), request, args.pixels);
  const tiles = split(image, request, args.pixels).map((tile, index) => ({
    tile,
    mask: (masks[index] as Tile).image,
    latent: (latents[index] as Tile).image,
    painted: !inside(tile, request, size, added),
  }));
  return { image, added, tiles };
}

/** White, with the given picture's place black but for a border on the sides that grow; its last row and column are black too. */
function kept(size: Size, { left, right, up, down }: Added, border: number): Raster {
  const inset = (side: number): number => (side > 0 ? border : 0);
  const [x, y] = [left + inset(left), up + inset(up)];
  const black = { width: size.width - right - inset(right) + 1 - x, height: size.height - down - inset(down) + 1 - y };
  const plate = new Plate(size, [255, 255, 255]);
  return (black.width > 0 && black.height > 0 ? plate.fill(x, y, black, [0, 0, 0]) : plate).raster();
}

const inside = ({ x, y }: Tile, tile: Size, whole: Size, { left, right, up, down }: Added): boolean =>
  x >= left && x + tile.width <= whole.width - right && y >= up && y + tile.height <= whole.height - down;
