import { isRaster, type Raster } from '@armature/sdk';

/** A raster, or anything that carries one as `image`: the pictures of a result. */
export type Picture = Raster | { readonly image: Raster };

/** @throws TypeError saying what was given instead of a picture */
export function rasterOf(picture: unknown, role: string): Raster {
  if (isRaster(picture)) return picture;
  const image = (picture as { readonly image?: unknown } | null | undefined)?.image;
  if (isRaster(image)) return image;
  const seen = picture === undefined ? 'nothing (undefined): did the job make that many pictures?' : typeof picture;
  throw new TypeError(`${role} is no picture but ${seen}; give a Raster, or a picture of a result`);
}

export const sizeOf = ({ width, height, channels }: Raster): string =>
  `${width}×${height}, ${channels} channel${channels === 1 ? '' : 's'}`;

export const sameSize = (a: Raster, b: Raster): boolean => a.width === b.width && a.height === b.height && a.channels === b.channels;
