import type { Raster, UpscalerContribution, UpscaleScope } from '@armature/sdk';
import type { ExtrasImage, ExtrasRequest } from '../../api/index.js';
import { blendImages, cropImage, formatInfotext, upscaleImage, withChannels } from '../../image/index.js';

interface ChosenUpscalers {
  readonly first: UpscalerContribution | undefined;
  readonly second: UpscalerContribution | undefined;
  readonly scope: Omit<UpscaleScope, 'scale'>;
}

type Upscale = Pick<ExtrasRequest, 'scale' | 'size' | 'secondVisibility'>;

/** A picture enlarged by one upscaler, or by two laid over each other, and what was done (`ScriptPostprocessingUpscale.process`). */
export async function upscalePicture(given: Raster, request: Upscale, { first, second, scope }: ChosenUpscalers): Promise<ExtrasImage> {
  const picture = given.channels === 1 ? await withChannels(given, 3) : given;
  if (!first) return { image: picture, infotext: '' };
  const { size, scale, secondVisibility } = request;
  const fields = new Map<string, string>();
  if (size) fields.set('Postprocess upscale to', `${size.width}x${size.height}`);
  else fields.set('Postprocess upscale by', pythonFloat(scale));
  if (size?.crop) fields.set('Postprocess crop to', `${size.width}x${size.height}`);
  fields.set('Postprocess upscaler', first.name);
  let image = await enlarge(first, picture, request, scope);
  if (second && secondVisibility > 0) {
    const over = await withChannels(await enlarge(second, picture, request, scope), image.channels);
    image = await blendImages(image, over, secondVisibility);
    fields.set('Postprocess upscaler 2', second.name);
  }
  return { image, infotext: formatInfotext({ prompt: '', negativePrompt: '', fields }) };
}

async function enlarge(
  upscaler: UpscalerContribution,
  image: Raster,
  { size, scale }: Upscale,
  scope: ChosenUpscalers['scope'],
): Promise<Raster> {
  const factor = size ? Math.max(size.width / image.width, size.height / image.height) : scale;
  const large = await upscaleImage(upscaler, image, { ...scope, scale: factor });
  if (!size?.crop) return large;
  const [x, y] = [half(large.width) - half(size.width), half(large.height) - half(size.height)];
  return cropImage(await withChannels(large, 3), { x, y, width: size.width, height: size.height });
}

const half = (side: number): number => Math.floor(side / 2);

/** As Python writes a float: whole numbers with `.0`. */
const pythonFloat = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
