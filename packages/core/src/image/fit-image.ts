import type { Raster } from '@armature/sdk';
import { Canvas } from './canvas.js';
import { edgeLine } from './edge-line.js';
import { type RasterSize, resample } from './resample.js';

export interface FitImageOptions extends RasterSize {
  /**
   * `stretch`: each side on its own. `crop`: covers the size, centred, the rest is cut off. `fill`: fits into the size,
   * centred, its edges drawn out to the border.
   */
  readonly mode: 'stretch' | 'crop' | 'fill';
  /** Takes the place of the Lanczos filter where a picture in colour grows; if it misses the size, the rest is resampled. */
  readonly upscale?: ((image: Raster, size: RasterSize) => Promise<Raster>) | undefined;
}

/**
 * A picture brought to a size (`images.resize_image`, modes 0 to 2). `crop` and `fill` leave alpha out.
 * @throws RangeError for a size that is none.
 */
export async function fitImage(image: Raster, { width, height, mode, upscale }: FitImageOptions): Promise<Raster> {
  const size = { width, height };
  if (mode === 'stretch') return resize(image, size, upscale);
  const { inner, full } = innerSize(image, size, mode);
  const resized = await resize(image, inner, upscale);
  const canvas = new Canvas(size, image.channels === 1 ? 1 : 3);
  const left = Math.floor(width / 2) - Math.floor(inner.width / 2);
  const top = Math.floor(height / 2) - Math.floor(inner.height / 2);
  canvas.paste(resized, left, top);
  if (mode === 'fill' && full === 'width') drawOutUpright(resized, canvas, top);
  if (mode === 'fill' && full === 'height') drawOutSideways(resized, canvas, left);
  return canvas.raster();
}

async function resize(image: Raster, size: RasterSize, upscale: FitImageOptions['upscale']): Promise<Raster> {
  const grows = Math.max(size.width / image.width, size.height / image.height) > 1;
  return resample(upscale && image.channels !== 1 && grows ? await upscale(image, size) : image, size, 'lanczos');
}

/** Which side is taken whole, and the size of the picture itself; a side that would vanish keeps one pixel. */
function innerSize(image: RasterSize, { width, height }: RasterSize, mode: 'crop' | 'fill') {
  const [wanted, found] = [width / height, image.width / image.height];
  if (mode === 'crop' ? wanted > found : wanted < found)
    return { full: 'width', inner: { width, height: Math.max(1, Math.floor((image.height * width) / image.width)) } } as const;
  return { full: 'height', inner: { width: Math.max(1, Math.floor((image.width * height) / image.height)), height } } as const;
}

function drawOutUpright(image: Raster, canvas: Canvas, rows: number): void {
  const [top, bottom] = [edgeLine(image, 'top'), edgeLine(image, 'bottom')];
  for (let y = 0; y < rows; y++) {
    canvas.paste(top, 0, y);
    canvas.paste(bottom, 0, rows + image.height + y);
  }
}

function drawOutSideways(image: Raster, canvas: Canvas, columns: number): void {
  const [left, right] = [edgeLine(image, 'left'), edgeLine(image, 'right')];
  for (let x = 0; x < columns; x++) {
    canvas.paste(left, x, 0);
    canvas.paste(right, columns + image.width + x, 0);
  }
}
