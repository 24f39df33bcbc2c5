import { readFileSync } from 'node:fs';
import { Raster, type RasterChannels } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { createImages } from '../../src/image/index.js';

interface Blurred {
  readonly width: number;
  readonly height: number;
  readonly channels: RasterChannels;
  readonly radius: number;
  readonly pixels: readonly number[];
  readonly blurred: readonly number[];
}

/** Made with Pillow 13: `image.filter(ImageFilter.GaussianBlur(radius))`. */
const golden = JSON.parse(readFileSync(new URL('golden/gaussian-blur.json', import.meta.url), 'utf8')) as readonly Blurred[];
const images = createImages();

describe('what extensions get for IMAGES', () => {
  it.each(golden)('blurs $width×$height×$channels by $radius as Pillow does', async ({ radius, pixels, blurred, ...size }) => {
    const made = await images.blur(new Raster(pixels, size), radius);
    expect([made.width, made.height, made.channels]).toEqual([size.width, size.height, size.channels]);
    expect([...made.toBytes()]).toEqual(blurred);
  });

  it('fits a picture into a size in the three ways of the webui', async () => {
    const wide = new Raster([10, 200, 10, 200], { width: 4, height: 1, channels: 1 });
    for (const mode of ['stretch', 'crop', 'fill'] as const) {
      const { width, height, channels } = await images.fit(wide, { width: 8, height: 8, mode });
      expect([width, height, channels], mode).toEqual([8, 8, 1]);
    }
    const filled = await images.fit(wide, { width: 4, height: 3, mode: 'fill' });
    expect([...filled.toBytes()]).toEqual([10, 200, 10, 200, 10, 200, 10, 200, 10, 200, 10, 200]);
  });
});
