import { Raster } from '@armature/sdk';
import { premultiply, unpremultiply } from './alpha.js';
import { cropImage } from './crop-image.js';

export type Side = 'top' | 'bottom' | 'left' | 'right';

/**
 * The line, one pixel thick, that Pillow's bicubic `resize` makes of an empty box at a side of a picture: the two outer
 * lines with the filter's values at ½ and 1½, which are 9/8 and −1/8.
 */
export function edgeLine(image: Raster, side: Side): Raster {
  const outer = lineOf(image, side, 0);
  const inner = lineOf(image, side, 1);
  const blended = image.channels === 4;
  const [near, far] = [outer.toBytes(), inner.toBytes()];
  const count = outer.width * outer.height;
  if (blended) for (const line of [near, far]) premultiply(line, 0, count);
  const out = near.map((value, i) => Math.max(0, Math.min(255, (9 * value - (far[i] as number) + 4) >> 3)));
  if (blended) unpremultiply(out, 0, count);
  return new Raster(out, outer);
}

/** The line `depth` pixels inside; the last one there is. */
function lineOf(image: Raster, side: Side, depth: number): Raster {
  const { width, height } = image;
  const upright = side === 'left' || side === 'right';
  const last = (upright ? width : height) - 1;
  const at = side === 'top' || side === 'left' ? Math.min(depth, last) : Math.max(0, last - depth);
  return cropImage(image, upright ? { x: at, y: 0, width: 1, height } : { x: 0, y: at, width, height: 1 });
}
