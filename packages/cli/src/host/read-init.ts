import type { Host, RequestInput } from '@armature/core';
import type { GivenInit } from '../flags/init-flags.js';
import { readPictureFile } from './read-picture-file.js';

/** What image to image starts from, and the size of the picture, cut to whole latent cells. */
export type ReadInit = Required<Pick<RequestInput, 'init' | 'width' | 'height'>>;

const cell = 8;

/**
 * The given picture and mask, read and checked by name before anything is loaded for them.
 * @throws HostError IMAGE_INVALID
 */
export async function readInit(host: Host, picture: string, { init, mask, maskFile }: GivenInit, folder: string): Promise<ReadInit> {
  const image = await readPictureFile(picture, folder);
  const { width, height } = await host.pictureInfo(image, picture);
  const maskImage = maskFile === undefined ? undefined : await readPictureFile(maskFile, folder);
  if (maskImage) await host.pictureInfo(maskImage, maskFile);
  const whole = (side: number): number => Math.max(cell, Math.floor(side / cell) * cell);
  return {
    init: { ...init, images: [image], ...(maskImage && { mask: { ...mask, image: maskImage } }) },
    width: whole(width),
    height: whole(height),
  };
}
