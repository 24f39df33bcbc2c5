import type { Pixels } from './pixels.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

const { fround } = Math;
/** Weights are whole parts of it. */
const whole = 2048;

/** The source pixel of each target pixel, and the share of the next one, in 2048ths. */
function places(from: number, to: number) {
  const [scale, inverse] = [from / to, to / from];
  return Array.from({ length: to }, (_, at) => {
    const start = Math.floor(at * scale);
    if (start >= from - 1) return { start: from - 1, next: from - 1, near: whole, far: 0 };
    const place = fround(at + 1 - (start + 1) * inverse);
    const share = place <= 0 ? 0 : fround(place - Math.floor(place));
    return { start, next: start + 1, near: Math.round(fround(1 - share) * whole), far: Math.round(share * whole) };
  });
}

/** `cv2.resize(…, INTER_AREA)` of 8-bit pictures that grow along an axis: linear there, between whole source pixels. */
export function enlargeByArea({ data, width, height, channels }: Pixels, size: Size): Pixels {
  const [across, down] = [places(width, size.width), places(height, size.height)];
  const lines = new Int32Array(height * size.width * channels);
  for (let y = 0; y < height; y++)
    for (const [x, { start, next, near, far }] of across.entries())
      for (let c = 0; c < channels; c++) {
        const [one, other] = [data[(y * width + start) * channels + c]!, data[(y * width + next) * channels + c]!];
        lines[(y * size.width + x) * channels + c] = one * near + other * far;
      }
  const stride = size.width * channels;
  const out = new Uint8Array(size.height * stride);
  for (const [y, { start, next, near, far }] of down.entries())
    for (let at = 0; at < stride; at++) {
      const [one, other] = [lines[start * stride + at]! >> 4, lines[next * stride + at]! >> 4];
      out[y * stride + at] = (((one * near) >> 16) + ((other * far) >> 16) + 2) >> 2;
    }
  return { data: out, width: size.width, height: size.height, channels };
}
