import type { Raster } from '@armature/sdk';

/** How far two pictures are from each other. */
export interface RasterComparison {
  readonly identical: boolean;
  /** dB over red, green and blue; undefined for identical pictures and for sizes that differ. */
  readonly psnr: number | undefined;
  /** Largest difference of a value, 0…255; undefined for sizes that differ. */
  readonly largest: number | undefined;
  /** Share of the values that differ. */
  readonly share: number | undefined;
}

/** Values between two turns of the event loop. */
const slice = 1 << 20;

/** Compares colours; transparency is left out, grey counts as three equal colours. */
export async function compareRasters(left: Raster, right: Raster): Promise<RasterComparison> {
  if (left.width !== right.width || left.height !== right.height) {
    return { identical: false, psnr: undefined, largest: undefined, share: undefined };
  }
  const [a, b] = [colours(left), colours(right)];
  const count = left.width * left.height * 3;
  let [largest, different, squares] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const distance = Math.abs(a(index) - b(index));
    if (distance > 0) different += 1;
    if (distance > largest) largest = distance;
    squares += distance * distance;
    if (index % slice === slice - 1) await new Promise((done) => setImmediate(done));
  }
  const psnr = squares === 0 ? undefined : 10 * Math.log10((255 * 255 * count) / squares);
  return { identical: squares === 0, psnr, largest, share: different / count };
}

/** Red, green and blue of all pixels in order, by index. */
function colours(image: Raster): (index: number) => number {
  const bytes = image.toBytes();
  if (image.channels === 3) return (index) => bytes[index] as number;
  if (image.channels === 1) return (index) => bytes[(index / 3) | 0] as number;
  return (index) => bytes[((index / 3) | 0) * 4 + (index % 3)] as number;
}
