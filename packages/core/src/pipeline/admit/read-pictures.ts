import { type InitRequest, isRaster, type MaskRequest, type Raster } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { PictureInput, RequestOutput } from '../../api/index.js';
import { decodeImage } from '../../image/index.js';

/** Pixels the pictures of one request may have together: 1.6 GB in RGB. */
const mostPixels = 2 ** 29;

/** The pictures a request starts from, decoded. @throws HostError IMAGE_INVALID, REQUEST_INVALID naming the field */
export async function readPictures(init: NonNullable<RequestOutput['init']>): Promise<InitRequest> {
  const images: Raster[] = [];
  let pixels = 0;
  for (const [index, given] of init.images.entries()) {
    const image = await readPicture(`init.images.${index}`, given);
    pixels += image.width * image.height;
    images.push(image);
    if (pixels <= mostPixels) continue;
    const problem = `may have ${mostPixels / 2 ** 20} megapixels together; give smaller pictures`;
    throw new HostError('REQUEST_INVALID', { field: 'init.images', problem, seen: `more in the first ${images.length}` });
  }
  const mask = init.mask && (await readMaskPictures(init.mask));
  return Object.freeze({ ...init, images: Object.freeze(images), mask });
}

async function readMaskPictures(mask: NonNullable<NonNullable<RequestOutput['init']>['mask']>): Promise<MaskRequest> {
  const latent = mask.latent === undefined ? undefined : await readPicture('init.mask.latent', mask.latent);
  return Object.freeze({ ...mask, image: await readPicture('init.mask.image', mask.image), latent });
}

/** @throws HostError IMAGE_INVALID, REQUEST_INVALID naming the field */
export async function readPicture(field: string, picture: PictureInput): Promise<Raster> {
  if (isRaster(picture)) return picture;
  return decodeImage(typeof picture === 'string' ? fromBase64(field, picture) : picture, { name: field });
}

function fromBase64(field: string, text: string): Uint8Array {
  const base64 = text.replace(/^data:image\/[\w.+-]+;base64,/, '').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) {
    throw new HostError('REQUEST_INVALID', { field, problem: 'is not a picture in base64', seen: JSON.stringify(text.slice(0, 40)) });
  }
  return Buffer.from(base64, 'base64');
}
