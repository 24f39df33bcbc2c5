import type { MaskRequest, Raster } from '@armature/sdk';
import { cropImage, doubleMask, fitImage, paintedPart, type Region, readMask, softMask } from '../../image/index.js';
import type { PictureSize } from '../run.js';

/** A mask as an image-to-image run uses it; white is painted anew. */
export interface PreparedMask {
  /** At the size of the run. */
  readonly mask: Raster;
  /** The same for the latent, where a request has one of its own. */
  readonly latent: Raster;
  /** At the size of the whole picture: where the given picture does not show through. */
  readonly overlay: Raster;
  /** The box of the given picture that is painted; undefined: all of it. */
  readonly region: Region | undefined;
}

/**
 * Reads, inverts, blurs and fits a mask (`StableDiffusionProcessingImg2Img.init`). Undefined: nothing of it is white, so
 * that with area `masked` there is no box to paint.
 */
export async function prepareMask(request: MaskRequest, size: PictureSize, fit: MaskFit): Promise<PreparedMask | undefined> {
  const prepared = await (request.area === 'masked' ? maskedArea(request, size, fit) : wholePicture(await softMask(request), size, fit));
  if (!prepared || !request.latent) return prepared;
  const own = await readMask(request.latent, { round: request.round });
  return { ...prepared, latent: await fitImage(own, { ...size, mode: 'stretch' }) };
}

export interface MaskFit {
  readonly mode: 'stretch' | 'crop' | 'fill';
  /** Size of the given picture. */
  readonly picture: PictureSize;
}

async function wholePicture(mask: Raster, size: PictureSize, { mode }: MaskFit): Promise<PreparedMask> {
  const fitted = await fitImage(mask, { ...size, mode });
  return { mask: fitted, latent: fitted, overlay: await doubleMask(fitted), region: undefined };
}

async function maskedArea(request: MaskRequest, size: PictureSize, { picture }: MaskFit): Promise<PreparedMask | undefined> {
  const { mask, region } = await paintedPart(request, { made: size, picture });
  if (!region) return undefined;
  const fitted = await fitImage(cropImage(mask, region), { ...size, mode: 'fill' });
  return { mask: fitted, latent: fitted, overlay: mask, region };
}
