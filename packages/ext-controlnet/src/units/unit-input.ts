import { HostError, type ImagesApi, type JobInfo, type PaintedPart, type Raster } from '@armature/sdk';
import type { ControlModule } from '../modules/control-module.js';
import type { ModuleShelf } from '../modules/module-shelf.js';
import { cut } from '../vision/cut.js';
import { channelsOf, type Pixels, pixelsOf, rasterOf, toRgb } from '../vision/pixels.js';
import { ignoresScribbles } from './control-settings.js';
import type { ControlUnit } from './control-unit.js';
import { unitPicture, withAlpha, withoutMask } from './read-picture.js';
import type { UnitParts } from './ready-unit.js';
import { resizeModeOf } from './unit-numbers.js';

/** What a unit's module works on, and how its map is brought to the size of the result. */
export interface UnitInput {
  readonly picture: Pixels;
  readonly mode: ReturnType<typeof resizeModeOf>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const modes = { stretch: 'Just Resize', crop: 'Crop and Resize', fill: 'Resize and Fill', latent: 'Just Resize' } as const;
const fits = { 'Just Resize': 'stretch', 'Crop and Resize': 'crop', 'Resize and Fill': 'fill' } as const;

/** A unit's module. A request with a mask keeps what is around it by itself: `inpaint_only` is `inpaint` there. */
export function moduleOf(modules: ModuleShelf, { module }: ControlUnit, { request }: JobInfo): ControlModule | undefined {
  const found = modules.find(module);
  return found?.name === 'inpaint_only' && request.init?.mask ? modules.find('inpaint') : found;
}

/**
 * A unit's own picture, else the one the request starts from, with the request's mask where the module wants one. If only the box
 * around that mask is made, the unit sees its picture's part of that box (`inpaint_crop_input_image`).
 * @throws HostError CONTROL_UNFIT
 */
export async function unitInput({ images, modules }: UnitParts, index: number, unit: ControlUnit, job: JobInfo): Promise<UnitInput> {
  const { init } = job.request;
  const [given] = init?.images ?? [];
  const masked = moduleOf(modules, unit, job)?.masked === true;
  const part = init?.mask && given && (await images.painted(init.mask, { made: job.request, picture: given }));
  const own = await unitPicture(unit, { unit: index, images });
  if (!own && !given) throw new HostError('CONTROL_UNFIT', { unit: index, problem: 'it has no picture; give it one in `image`' });
  const mode = own || !init ? resizeModeOf(unit) : modes[init.resizeMode];
  const picture = own ? (masked ? own : withoutMask(own, ignoresScribbles(job))) : fromRequest(given!, masked, part);
  if (!part?.region || !unit.inpaint_crop_input_image) return { picture, mode };
  return { picture: await boxOf(images, { picture, mode }, part.region, { over: given!, made: job.request }), mode };
}

function fromRequest(given: Raster, masked: boolean, part: PaintedPart | undefined): Pixels {
  const rgb = toRgb(pixelsOf(given));
  return masked ? withAlpha(rgb, part && pixelsOf(part.mask)) : rgb;
}

interface BoxSizes {
  /** The given picture. */
  readonly over: Size;
  readonly made: Size;
}

/** A box of the picture laid over the given one, at the size that is made. Each channel on its own: alpha is a mask here. */
async function boxOf(
  images: ImagesApi,
  { picture, mode }: UnitInput,
  region: NonNullable<PaintedPart['region']>,
  { over, made }: BoxSizes,
): Promise<Pixels> {
  const planes: Pixels[] = [];
  for (let c = 0; c < picture.channels; c++) {
    const whole = await images.fit(rasterOf(channelsOf(picture, [c])), { width: over.width, height: over.height, mode: fits[mode] });
    const box = rasterOf(cut(pixelsOf(whole), region));
    planes.push(pixelsOf(await images.fit(box, { width: made.width, height: made.height, mode: 'fill' })));
  }
  return interleaved(planes);
}

function interleaved(planes: readonly Pixels[]): Pixels {
  const [{ width, height }] = planes as readonly [Pixels, ...Pixels[]];
  const data = new Uint8Array(width * height * planes.length);
  for (const [c, plane] of planes.entries()) for (let at = 0; at < plane.data.length; at++) data[at * planes.length + c] = plane.data[at]!;
  return { data, width, height, channels: planes.length };
}
