import type { Raster } from '@armature/sdk';
import { type Colour, Plate } from './plate.js';

/** `#rrggbb` → 0…255 each. */
const colourOf = (text: string): Colour => {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

/** A picture in RGB; what is transparent shows the colour (`images.flatten`). */
export function flattened(image: Raster, background: string): Raster {
  if (image.channels !== 4) return new Plate(image).paste(image, 0, 0).raster();
  const source = image.toBytes();
  const alpha = (x: number, y: number): number => source[4 * (y * image.width + x) + 3] as number;
  return new Plate(image, colourOf(background)).paste(image, 0, 0, alpha).raster();
}
