import { Raster } from '@armature/sdk';
import sharp from 'sharp';

/** Longer lines than this are cut: nobody reads them in a picture, and they take long to set. */
const mostCharacters = 1000;

/** A line of text, black on white, cut to what is drawn (Pango, the machine's fonts). Undefined: nothing to see, or no font. */
export async function drawText(text: string, size: number): Promise<Raster | undefined> {
  const line = text.replaceAll(/\s+/g, ' ').trim().slice(0, mostCharacters);
  if (line === '' || !(size >= 1)) return undefined;
  const markup = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  try {
    // 72 dots an inch make a point a pixel.
    const drawn = sharp({ text: { text: markup, font: `sans ${Math.round(size)}`, dpi: 72 } });
    const { data, info } = await drawn.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const ink = Uint8Array.from({ length: width * height }, (_, at) => 255 - (data[at * channels] as number));
    return new Raster(ink, { width, height, channels: 1 });
  } catch {
    return undefined;
  }
}
