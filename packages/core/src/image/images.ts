import { type ImagesApi, Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { boxBlur } from './box-blur.js';
import { decodeImage } from './decode-image.js';
import { drawText } from './draw-text.js';
import { encodePng } from './encode-image.js';
import { fitImage } from './fit-image.js';
import { composeGrid } from './grid.js';
import { paintedPart } from './painted-part.js';
import { resampleSync } from './resample.js';

/** What extensions get for the token IMAGES. */
export function createImages(): ImagesApi {
  return Object.freeze({
    resize: resampleSync,
    fit: fitImage,
    blur: async (image: Raster, radius: number) => new Raster(await boxBlur(pixelsOf(image), image, radius), image),
    painted: paintedPart,
    grid: (images: readonly Raster[], layout: { readonly rows: number; readonly columns: number }) => composeGrid(images, { layout }),
    text: drawText,
    encodePng,
    decode: (bytes: Uint8Array) => decodeImage(bytes),
  });
}
