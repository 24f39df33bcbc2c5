import { decodeImage, type RequestInput } from '@armature/core';
import type { Raster } from '@armature/sdk';
import type { GivenInit } from '../flags/init-flags.js';
import { readPictureFile } from './read-picture-file.js';

/** What image to image starts from, and the size of the picture, cut to whole latent cells. */
export type ReadInit = Required<Pick<RequestInput, 'init' | 'width' | 'height'>>;

const cell = 8;

/**
 * The given picture and mask, decoded under the names of their files before anything is loaded for them.
 * @throws HostError IMAGE_INVALID
 */
export async function readInit(picture: string, { init, mask, maskFile }: GivenInit, folder: string): Promise<ReadInit> {
  const image = await readRaster(picture, folder);
  const { width, height } = image;
  const maskImage = maskFile === undefined ? undefined : await readRaster(maskFile, folder);
  const whole = (side: number): number => Math.max(cell, Math.floor(side / cell) * cell);
  return {
    init: { ...init, images: [image], ...(maskImage && { mask: { ...mask, image: maskImage } }) },
    width: whole(width),
    height: whole(height),
  };
}

/** The request would call a picture by its field, `init.images.0`, where it cannot be decoded. */
const readRaster = async (path: string, folder: string): Promise<Raster> =>
  decodeImage(await readPictureFile(path, folder), { name: path });
