import type { ImagesApi } from '@armature/sdk';
import { decodeImage } from './decode-image.js';
import { encodePng } from './encode-image.js';
import { resampleSync } from './resample.js';

/** What extensions get for the token IMAGES. */
export function createImages(): ImagesApi {
  return Object.freeze({
    resize: resampleSync,
    encodePng,
    decode: (bytes: Uint8Array) => decodeImage(bytes),
  });
}
