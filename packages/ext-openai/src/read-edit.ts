import { type ImagesApi, isHostError, Raster } from '@armature/sdk';
import { InvalidRequest } from './invalid-request.js';
import { readFields } from './read-fields.js';
import type { WantedPictures } from './wanted-pictures.js';

/** `POST /v1/images/edits`: a form with `image` and `mask`, whose transparent part is painted anew. @throws InvalidRequest */
export async function readEdit(request: Request, images: ImagesApi): Promise<WantedPictures> {
  const form = await request.formData().catch(() => {
    throw new InvalidRequest('body', 'a form (multipart/form-data) is required');
  });
  const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
  const wanted = readFields(fields);
  const given = [...form.getAll('image'), ...form.getAll('image[]')];
  if (given.length !== 1) throw new InvalidRequest('image', `one picture can be edited, ${given.length} were given`);
  const image = await readPicture('image', given[0], images);
  const masked = form.get('mask');
  const mask = masked === null ? image : await readPicture('mask', masked, images);
  const { width, height } = image;
  if (mask.width !== width || mask.height !== height) {
    throw new InvalidRequest('mask', `is ${mask.width}×${mask.height}, the picture ${width}×${height}`);
  }
  if (masked !== null && mask.channels !== 4) throw new InvalidRequest('mask', 'has no transparency to tell what is painted anew');
  return { ...wanted, init: { images: [image], mask: transparent(mask) } };
}

async function readPicture(name: string, given: File | string | undefined, images: ImagesApi): Promise<Raster> {
  if (given === undefined || typeof given === 'string') throw new InvalidRequest(name, 'a picture file is required');
  try {
    return await images.decode(new Uint8Array(await given.arrayBuffer()));
  } catch (error) {
    if (isHostError(error)) throw new InvalidRequest(name, error.message);
    throw error;
  }
}

/** White where a picture is transparent; undefined where it is nowhere. */
function transparent(image: Raster): Raster | undefined {
  if (image.channels !== 4) return undefined;
  const { width, height } = image;
  const pixels = image.toBytes();
  const levels = Uint8Array.from({ length: width * height }, (_, at) => 255 - (pixels[at * 4 + 3] ?? 255));
  return levels.some((level) => level > 0) ? new Raster(levels, { width, height, channels: 1 }) : undefined;
}
