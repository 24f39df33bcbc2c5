import {
  defineScript,
  field,
  type GenerationRequest,
  type ImagesApi,
  type InitRequest,
  type MaskRequest,
  type Raster,
  type ScriptComposition,
  type ScriptPicture,
  type ScriptScope,
} from '@armature/sdk';
import { matchedNoise } from './outpaint/matched-noise.js';
import { cut } from './pictures/cut.js';
import { type Added, enlarged, sides } from './pictures/enlarged.js';
import { flattened } from './pictures/flattened.js';
import { Plate, type Size } from './pictures/plate.js';
import { scriptMistake } from './script-mistake.js';

const name = 'Outpainting mk2';
const mostPixels = 4096 * 4096;

interface OutArgs {
  readonly pixels: number;
  readonly maskBlur: number;
  readonly direction: readonly string[];
  readonly falloff: number;
  readonly colourVariation: number;
}
type OutScope = ScriptScope<OutArgs>;

/** The given picture goes on beyond its borders, side after side, from noise of its own frequencies (`outpainting_mk_2.py`). */
export const outpaintingMk2 = (images: ImagesApi) =>
  defineScript({
    name,
    tabs: ['img2img'],
    args: {
      // The page's words stand here; they change nothing.
      note: field.json().label(''),
      pixels: field.integer(128, { min: 8, max: 256, step: 8 }).label('Pixels to expand'),
      maskBlur: field.integer(8, { min: 0, max: 64, step: 1 }).label('Mask blur'),
      direction: field.choices(sides, sides).label('Outpainting direction'),
      falloff: field.number(1, { min: 0, max: 4, step: 0.01 }).label('Fall-off exponent (lower=higher detail)'),
      colourVariation: field.number(0.05, { min: 0, max: 1, step: 0.01 }).label('Color variation'),
    },
    async run(scope) {
      const { request, settings } = scope.job;
      const given = flattened((request.init as InitRequest).images[0] as Raster, String(settings.img2img_background_color));
      const { size, added } = enlarged(given, scope.args.pixels, scope.args.direction);
      const growing = sides.filter((side) => added[side] > 0);
      if (growing.length === 0) throw scriptMistake(name, 'direction', 'names no side', scope.args.direction);
      if (size.width * size.height > mostPixels) {
        throw scriptMistake(name, 'the picture', 'would have more than 16 megapixels', `${size.width}×${size.height}`);
      }
      scope.plan(growing.length * request.iterations);
      const made: Raster[] = [];
      let first: ScriptPicture | undefined;
      for (let n = 0; n < request.iterations; n++) {
        const grown = await growAll(scope, given, added);
        first ??= grown.first;
        made.push(...grown.images);
        if (!grown.whole) break;
      }
      if (!first) return { images: [] };
      return { images: await withGrid(images, scope, made, first) };
    },
  });

async function withGrid(
  images: ImagesApi,
  { job }: OutScope,
  made: readonly Raster[],
  like: ScriptPicture,
): Promise<readonly ScriptComposition[]> {
  const pictures = made.map((image): ScriptComposition => ({ kind: 'picture', image, like }));
  const { return_grid: returned, grid_only_if_multiple: several } = job.settings;
  if (returned !== true || (made.length < 2 && several === true) || made.length === 0) return pictures;
  const rows = Math.max(1, Math.round(Math.sqrt(made.length)));
  return [{ kind: 'grid', image: await images.grid(made, { rows, columns: Math.ceil(made.length / rows) }), like }, ...pictures];
}

interface Grown {
  readonly images: readonly Raster[];
  readonly first: ScriptPicture | undefined;
  /** Every side has grown. */
  readonly whole: boolean;
}

async function growAll(scope: OutScope, given: Raster, added: Added): Promise<Grown> {
  const { request } = scope.job;
  const seed = scope.fixSeed(request.seed);
  let images: readonly Raster[] = Array.from({ length: request.batchSize }, () => given);
  let first: ScriptPicture | undefined;
  for (const side of sides.filter((each) => added[each] > 0)) {
    const step = new SideStep(side, added, scope, images[0] as Raster);
    const noised: Raster[] = [];
    for (const image of images) noised.push(await step.noised(image));
    const pictures = await scope.run(step.request({ ...request, seed }, noised), { save: false });
    if (pictures.length < images.length) return { images: first ? images : [], first, whole: false };
    first ??= pictures[0];
    images = noised.map((image, index) => step.pasted(image, (pictures[index] as ScriptPicture).image));
  }
  return { images, first, whole: true };
}

/** One side growing: where everything stands. */
class SideStep {
  readonly #side: keyof Added;
  readonly #grow: number;
  readonly #args: OutArgs;
  /** Pixels by which a mask reaches into the picture; none across a direction that does not grow at all. */
  readonly #blur: { readonly x: number; readonly y: number };
  /** The picture with what is added, and the same in multiples of 64. */
  readonly #result: Size;
  readonly #whole: Size;
  /** The part of it that is made. */
  readonly #part: Size & { readonly x: number; readonly y: number };

  constructor(side: keyof Added, added: Added, { args, job }: OutScope, image: Size) {
    this.#side = side;
    this.#grow = added[side];
    this.#args = args;
    this.#blur = {
      x: added.left > 0 || added.right > 0 ? args.maskBlur : 0,
      y: added.up > 0 || added.down > 0 ? args.maskBlur : 0,
    };
    const wide = side === 'left' || side === 'right';
    this.#result = { width: image.width + (wide ? this.#grow : 0), height: image.height + (wide ? 0 : this.#grow) };
    this.#whole = { width: Math.ceil(this.#result.width / 64) * 64, height: Math.ceil(this.#result.height / 64) * 64 };
    const width = wide ? Math.min(job.request.width, this.#result.width) : this.#whole.width;
    const height = wide ? this.#whole.height : Math.min(job.request.height, this.#result.height);
    const x = side === 'left' ? 0 : this.#whole.width - width;
    this.#part = { width, height, x, y: side === 'up' ? 0 : this.#whole.height - height };
  }

  noised(image: Raster): Promise<Raster> {
    const { falloff, colourVariation: colour } = this.#args;
    const left = this.#side === 'left' ? this.#grow : 0;
    const placed = new Plate(this.#whole).paste(image, left, this.#side === 'up' ? this.#grow : 0).raster();
    return matchedNoise(placed, this.#mask(this.#whole, 1), { falloff, colour });
  }

  request(request: GenerationRequest, noised: readonly Raster[]): GenerationRequest {
    const { x, y, ...size } = this.#part;
    const mask: MaskRequest = {
      image: cut(this.#mask(this.#whole, 1), x, y, size),
      latent: this.#mask(size, 2),
      blurX: this.#blur.x * 4,
      blurY: this.#blur.y * 4,
      round: true,
      invert: false,
      content: 'original',
      area: 'whole',
      padding: 0,
    };
    const init = { ...(request.init as InitRequest), images: noised.map((image) => cut(image, x, y, size)), mask };
    return { ...request, ...size, iterations: 1, init };
  }

  pasted(noised: Raster, made: Raster): Raster {
    const left = this.#side === 'left' ? 0 : noised.width - made.width;
    const top = this.#side === 'up' ? 0 : noised.height - made.height;
    return cut(new Plate(noised).paste(noised, 0, 0).paste(made, left, top).raster(), 0, 0, this.#result);
  }

  /** White where the side grows and `reach` times the blur further in; black elsewhere, its last row and column included. */
  #mask(size: Size, reach: number): Raster {
    const [x, y] = [this.#grow + this.#blur.x * reach, this.#grow + this.#blur.y * reach];
    const [left, top] = [this.#side === 'left' ? x : 0, this.#side === 'up' ? y : 0];
    const right = this.#side === 'right' ? size.width - x : this.#result.width;
    const bottom = this.#side === 'down' ? size.height - y : this.#result.height;
    const plate = new Plate(size, [255, 255, 255]);
    if (right >= left && bottom >= top) plate.fill(left, top, { width: right - left + 1, height: bottom - top + 1 }, [0, 0, 0]);
    return plate.raster();
  }
}
