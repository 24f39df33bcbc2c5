import { randomInt } from 'node:crypto';
import { HostError, type ImagesApi, isHostError } from '@armature/sdk';
import type { ControlModule } from '../modules/control-module.js';
import type { ModuleShelf } from '../modules/module-shelf.js';
import { shownMap } from '../units/hint.js';
import { readPicture, withAlpha } from '../units/read-picture.js';
import { unitNumbers } from '../units/unit-numbers.js';
import { channelsOf, type Pixels, rasterOf, toRgb } from '../vision/pixels.js';

interface DetectBody {
  readonly controlnet_module?: unknown;
  readonly controlnet_input_images?: unknown;
  readonly controlnet_masks?: unknown;
  readonly controlnet_processor_res?: unknown;
  readonly controlnet_threshold_a?: unknown;
  readonly controlnet_threshold_b?: unknown;
}

const refused = (detail: string, status = 422): Response =>
  Response.json({ error: 'HTTPException', detail, body: '', errors: '' }, { status });
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : -1);
const listOf = (value: unknown): readonly unknown[] | undefined => (value === undefined ? [] : Array.isArray(value) ? value : undefined);

/** Runs a preprocessor on pictures: `POST /controlnet/detect`. */
export async function detect(request: Request, images: ImagesApi, modules: ModuleShelf): Promise<Response> {
  const body = (await request.json().catch(() => undefined)) as DetectBody | null | undefined;
  if (typeof body !== 'object' || body === null) return refused('the body is not a JSON object');
  const module = modules.find(typeof body.controlnet_module === 'string' ? body.controlnet_module : 'none');
  const [pictures, masks] = [listOf(body.controlnet_input_images), listOf(body.controlnet_masks)];
  if (!module) return refused('Module not available');
  if (!module.run) return refused('Module not supported');
  if (!pictures || !masks) return refused('controlnet_input_images and controlnet_masks are lists');
  const numbers = [body.controlnet_processor_res, body.controlnet_threshold_a, body.controlnet_threshold_b];
  if (numbers.some((value) => value !== undefined && typeof value !== 'number'))
    return refused('controlnet_processor_res, controlnet_threshold_a and controlnet_threshold_b are numbers');
  if (pictures.length === 0) return refused('No image selected');
  if (module.masked && masks.length !== pictures.length) return refused(`Preprocessor ${module.name} requires \`controlnet_masks\` param.`);
  try {
    const found = [];
    for (const [index, picture] of pictures.entries())
      found.push(await mapOf(module, body, { picture, mask: masks[index], index, signal: request.signal }, images));
    return Response.json({ images: found, info: 'Success' });
  } catch (error) {
    if (isHostError(error)) return refused(error.message);
    throw error;
  }
}

interface Given {
  readonly picture: unknown;
  readonly mask: unknown;
  readonly index: number;
  readonly signal: AbortSignal;
}

/** One map as a PNG in base64. */
async function mapOf(module: ControlModule, body: DetectBody, { picture, mask, index, signal }: Given, images: ImagesApi): Promise<string> {
  const given = await readPicture(picture, { unit: index, images });
  const numbers = unitNumbers(
    {
      processor_res: numberOf(body.controlnet_processor_res),
      threshold_a: numberOf(body.controlnet_threshold_a),
      threshold_b: numberOf(body.controlnet_threshold_b),
    },
    module,
  );
  const seen = module.masked ? await masked(given, mask, index, images) : withoutAlpha(given, module);
  // As in the original a picture nobody works on keeps its channels.
  const map = module.name === 'none' ? given : await module.run!(seen, { ...numbers, seed: randomInt(2 ** 32) }, signal);
  return Buffer.from(await images.encodePng(rasterOf(module.masked ? shownMap(map) : module.name === 'none' ? map : toRgb(map)))).toString(
    'base64',
  );
}

/** What shows through is dropped, not mixed with white as units do it; or it is looked at like a colour. */
const withoutAlpha = (given: Pixels, { name, seesAlpha }: ControlModule): Pixels =>
  given.channels === 4 && name !== 'none' && !seesAlpha ? channelsOf(given, [0, 1, 2]) : given;

async function masked(given: Pixels, mask: unknown, index: number, images: ImagesApi): Promise<Pixels> {
  const seen = await readPicture(mask, { unit: index, images });
  if (seen.width !== given.width || seen.height !== given.height) {
    const problem = `its mask has ${seen.width}×${seen.height} pixels, its picture ${given.width}×${given.height}; give both one size`;
    throw new HostError('CONTROL_UNFIT', { unit: index, problem });
  }
  return withAlpha(toRgb(given), channelsOf(seen, [0]));
}
