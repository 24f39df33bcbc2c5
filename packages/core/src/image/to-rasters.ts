import { setImmediate as nextTurn } from 'node:timers/promises';
import { Raster, type Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';

/** Pixels converted before the event loop gets a turn. */
const SLICE = 500_000;

/**
 * A batch of decoded pictures `[n, 3, height, width]`, −1…1, as 8-bit pictures: clamp((x + 1) / 2, 0, 1) × 255 in float32,
 * truncated (the reference's `process_images_inner`). @throws RangeError for another shape.
 */
export async function toRasters(images: Tensor): Promise<readonly Raster[]> {
  const [count = 0, channels = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 4 || channels !== 3) throw new RangeError(`[${images.shape}] is no batch of RGB pictures`);
  const values = viewOf(images);
  const plane = width * height;
  const rasters: Raster[] = [];
  for (let n = 0; n < count; n++) {
    const pixels = new Uint8Array(plane * 3);
    for (let start = 0; start < plane; start += SLICE) {
      const end = Math.min(plane, start + SLICE);
      for (let c = 0; c < 3; c++)
        convert(values.subarray((n * 3 + c) * plane, (n * 3 + c + 1) * plane), pixels, { start, end, channel: c });
      await nextTurn();
    }
    rasters.push(new Raster(pixels, { width, height, channels: 3 }));
  }
  return rasters;
}

function convert(values: Float32Array, pixels: Uint8Array, { start, end, channel }: { start: number; end: number; channel: number }): void {
  for (let i = start; i < end; i++) {
    const unit = Math.fround((values[i] as number) + 1) / 2;
    pixels[i * 3 + channel] = Math.fround(255 * Math.min(1, Math.max(0, unit)));
  }
}
