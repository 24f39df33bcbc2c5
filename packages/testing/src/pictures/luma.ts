import type { Raster } from '@armature/sdk';

/** Brightness of every pixel, 0…255 (ITU-R BT.601); transparency is left out. */
export function luma(image: Raster): Float64Array {
  const { channels } = image;
  const bytes = image.toBytes();
  return Float64Array.from({ length: image.width * image.height }, (_, pixel) => {
    const at = pixel * channels;
    const red = bytes[at] as number;
    if (channels === 1) return red;
    return 0.299 * red + 0.587 * (bytes[at + 1] as number) + 0.114 * (bytes[at + 2] as number);
  });
}
