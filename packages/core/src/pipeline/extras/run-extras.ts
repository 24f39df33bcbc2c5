import type { Raster, UpscaleScope } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type ExtrasImage, type ExtrasInput, type ExtrasRequest, type ExtrasResult, extrasSchema } from '../../api/index.js';
import type { Generation } from '../../generation/index.js';
import { readPicture } from '../admit/read-pictures.js';
import { resolveUpscaler } from '../images/resolve-upscaler.js';
import { upscalePicture } from './upscale-picture.js';

/** Pixels that the results of one request may have together: 1.6 GB in RGB. */
const mostPixels = 2 ** 29;

/**
 * Pictures, each enlarged as asked (`run_extras`); they wait for their turn together.
 * @throws HostError REQUEST_INVALID, IMAGE_INVALID, UPSCALER_UNKNOWN, RESTORER_UNKNOWN, JOB_CANCELLED, EXT_CONTRIBUTION_THREW
 */
export async function runExtras(
  registry: Generation['registry'],
  input: ExtrasInput,
  scope: Omit<UpscaleScope, 'scale'>,
  turn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<ExtrasResult> {
  const request = readExtras(input);
  const { signal } = scope;
  const find = async (name: string) => (name === 'None' ? undefined : await resolveUpscaler(registry, name));
  const upscalers = { first: await find(request.upscaler), second: await find(request.secondUpscaler), scope };
  const images: ExtrasImage[] = [];
  let left = mostPixels;
  await turn(async () => {
    for (const [index, given] of request.images.entries()) {
      signal.throwIfAborted();
      const picture = await readPicture(`images.${index}`, given);
      left -= pixelsAfter(picture, request);
      if (left < 0) throw tooLarge(request);
      images.push(await upscalePicture(picture, request, upscalers));
    }
  }).catch((error: unknown) => {
    throw signal.aborted ? new HostError('JOB_CANCELLED', {}, { cause: error }) : error;
  });
  return { images };
}

/** @throws HostError REQUEST_INVALID, RESTORER_UNKNOWN */
function readExtras(input: ExtrasInput): ExtrasRequest {
  const read = extrasSchema.safeParse(input);
  if (!read.success) {
    const [issue] = read.error.issues;
    const seen = (input as Readonly<Record<string, unknown>> | undefined)?.[String(issue?.path[0])];
    throw new HostError('REQUEST_INVALID', {
      field: issue?.path.join('.') ?? '',
      problem: issue?.message ?? '',
      seen: JSON.stringify(seen),
    });
  }
  const restorer = read.data.restorers.find(({ visibility }) => visibility > 0);
  if (restorer) throw new HostError('RESTORER_UNKNOWN', { name: restorer.name, known: 'none' });
  return read.data;
}

function pixelsAfter({ width, height }: Raster, { size, scale, upscaler }: ExtrasRequest): number {
  const factor = upscaler === 'None' ? 1 : size ? Math.max(size.width / width, size.height / height) : scale;
  return Math.max(1, factor) ** 2 * width * height;
}

const tooLarge = ({ size, scale }: ExtrasRequest): HostError =>
  new HostError('REQUEST_INVALID', {
    field: size ? 'size' : 'scale',
    problem: `the results of one request may have ${mostPixels / 2 ** 20} megapixels together; enlarge less, or fewer pictures`,
    seen: size ? `${size.width}x${size.height}` : scale,
  });
