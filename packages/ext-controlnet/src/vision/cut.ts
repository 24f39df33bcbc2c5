import type { Pixels } from './pixels.js';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture. */
export function cut(image: Pixels, { x, y, width, height }: Box): Pixels {
  const stride = image.channels;
  const out = new Uint8Array(width * height * stride);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * image.width + x) * stride;
    out.set(image.data.subarray(start, start + width * stride), row * width * stride);
  }
  return { data: out, width, height, channels: stride };
}
