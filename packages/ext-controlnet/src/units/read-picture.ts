import { HostError, type ImagesApi, isRaster } from '@armature/sdk';
import { channelsOf, type Pixels, pixelsOf, toRgb } from '../vision/pixels.js';
import type { ControlUnit } from './control-unit.js';

/** A longer side is refused before anything is made of the picture. */
const longest = 8192;

interface Asked {
  readonly unit: number;
  readonly images: ImagesApi;
}

/** A picture from base64, a data URL or a raster. @throws HostError CONTROL_UNFIT */
export async function readPicture(value: unknown, { unit, images }: Asked): Promise<Pixels> {
  const unfit = (problem: string): HostError => new HostError('CONTROL_UNFIT', { unit, problem });
  const raster = isRaster(value) ? value : typeof value === 'string' ? await decoded(value, images, unfit) : undefined;
  if (!raster) throw unfit('its picture is neither base64 nor a picture; send the bytes of a PNG or JPEG as base64');
  if (Math.max(raster.width, raster.height) > longest)
    throw unfit(`its picture has ${raster.width}×${raster.height} pixels, ${longest} are the most a side may have`);
  return pixelsOf(raster);
}

async function decoded(text: string, images: ImagesApi, unfit: (problem: string) => HostError) {
  const base64 = text.replace(/^data:image\/[\w.+-]+;base64,/, '').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) throw unfit('its picture is not base64');
  try {
    return await images.decode(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw unfit(`its picture cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** What a unit says of its picture and mask, whichever of the accepted forms it uses. */
function pictureWords(unit: ControlUnit): { readonly image: unknown; readonly mask: unknown } {
  const given = unit.image ?? unit.input_image;
  const mask = unit.mask ?? unit.mask_image;
  const first = Array.isArray(given) && typeof given[0] === 'object' && !isRaster(given[0]) ? given[0] : given;
  if (Array.isArray(first)) return { image: first[0], mask: mask ?? first[1] ?? null };
  if (typeof first === 'object' && first !== null && !isRaster(first)) {
    const { image = null, mask: own = null } = first as { image?: unknown; mask?: unknown };
    return { image, mask: mask ?? own };
  }
  return { image: first, mask };
}

/** A unit's own picture with its mask as fourth channel; undefined: it has none. */
export async function unitPicture(unit: ControlUnit, asked: Asked): Promise<Pixels | undefined> {
  const { image, mask } = pictureWords(unit);
  if (image === null || image === undefined || image === '') return undefined;
  const picture = await readPicture(image, asked);
  const rgb = toRgb(picture);
  const alpha = mask === null || mask === undefined || mask === '' ? undefined : await readPicture(mask, asked);
  if (alpha && (alpha.width !== rgb.width || alpha.height !== rgb.height)) {
    const problem = `its mask has ${alpha.width}×${alpha.height} pixels, its picture ${rgb.width}×${rgb.height}; give both one size`;
    throw new HostError('CONTROL_UNFIT', { unit: asked.unit, problem });
  }
  return withAlpha(rgb, alpha && channelsOf(alpha, [0]));
}

/** `alpha`: one channel; absent it is 0. */
export function withAlpha({ data, width, height }: Pixels, alpha: Pixels | undefined): Pixels {
  const out = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    for (let c = 0; c < 3; c++) out[at * 4 + c] = data[at * 3 + c]!;
    out[at * 4 + 3] = alpha?.data[at] ?? 0;
  }
  return { data: out, width, height, channels: 4 };
}

/** What a module without a mask sees: the picture, or a scribble that was drawn as a mask unless those are ignored. */
export function withoutMask(picture: Pixels, ignored: boolean): Pixels {
  if (ignored) return channelsOf(picture, [0, 1, 2]);
  const { data, width, height } = picture;
  let [dark, bright] = [true, true];
  for (let at = 3; at < width * height * 4; at += 4) {
    if (data[at]! > 5) dark = false;
    if (data[at]! < 250) bright = false;
  }
  return channelsOf(picture, dark || bright ? [0, 1, 2] : [3, 3, 3]);
}
