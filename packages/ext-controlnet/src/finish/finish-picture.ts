import { Raster } from '@armature/sdk';
import { dilate } from '../vision/morphology.js';
import { channelsOf, type Pixels, pixelsOf } from '../vision/pixels.js';

const fits = (picture: Raster, map: Pixels): boolean =>
  picture.width === map.width && picture.height === map.height && picture.channels === 3;

/** Pastes the given picture back where the mask, grown and softened over `size` pixels, does not show (`inpaint_only`). */
export function pasteUnmasked(picture: Raster, map: Pixels, size: number): Raster {
  if (!fits(picture, map)) return picture;
  const mask = softened(channelsOf(map, [3]), size);
  return picture.map((value, at) => {
    const share = mask[Math.floor(at / 3)]!;
    return share * value + (1 - share) * map.data[Math.floor(at / 3) * 4 + (at % 3)]!;
  });
}

function softened(mask: Pixels, size: number): Float32Array {
  const half = Math.floor(size / 2);
  const reach = Array.from({ length: size }, (_, at) => at - half);
  const across = dilate(
    mask,
    reach.map((at) => [at, 0] as const),
  );
  const { data, width, height } = dilate(
    across,
    reach.map((at) => [0, at] as const),
  );
  const mirror = (at: number, length: number): number =>
    at < 0 ? Math.min(length - 1, -at) : at >= length ? Math.max(0, 2 * length - 2 - at) : at;
  const lines = new Float32Array(data.length);
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (const dx of reach) lines[y * width + x]! += data[y * width + mirror(x + dx, width)]! / 255 / size;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (const dy of reach) out[y * width + x]! += lines[mirror(y + dy, height) * width + x]! / size;
  return out;
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const gamma = (value: number): number => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
const root = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
const cube = (value: number): number => (value > 0.20689303 ? value ** 3 : (value - 16 / 116) / 7.787);
const white = [0.950456, 1, 1.088754] as const;

/** The picture's colours on the map's lightness (CIE Lab). */
function onLightness([r, g, b]: readonly number[], level: number): readonly number[] {
  const [lr, lg, lb] = [linear(r! / 255), linear(g! / 255), linear(b! / 255)];
  const x = root((0.412453 * lr + 0.35758 * lg + 0.180423 * lb) / white[0]);
  const y = root(0.212671 * lr + 0.71516 * lg + 0.072169 * lb);
  const z = root((0.019334 * lr + 0.119193 * lg + 0.950227 * lb) / white[2]);
  // Colour differences are whole numbers there.
  const [a, bb] = [Math.round(500 * (x - y)), Math.round(200 * (y - z))];
  const fy = ((level * 100) / 255 + 16) / 116;
  const [nx, ny, nz] = [cube(fy + a / 500) * white[0], cube(fy), cube(fy - bb / 200) * white[2]];
  return [
    3.240479 * nx - 1.53715 * ny - 0.498535 * nz,
    -0.969256 * nx + 1.875991 * ny + 0.041556 * nz,
    0.055648 * nx - 0.204043 * ny + 1.057311 * nz,
  ].map((value) => Math.round(255 * gamma(Math.min(1, Math.max(0, value)))));
}

/** The picture's hue and saturation at the map's value (HSV). */
function onValue(colour: readonly number[], level: number): readonly number[] {
  const most = Math.max(...colour);
  return colour.map((value) => (most === 0 ? level : Math.round((value * level) / most)));
}

/** Colours from the picture, light from the map (`recolor_*`). */
export function recolour(picture: Raster, map: Pixels, by: 'luminance' | 'intensity'): Raster {
  if (!fits(picture, map)) return picture;
  const { data } = pixelsOf(picture);
  const out = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const colour = [data[at]!, data[at + 1]!, data[at + 2]!];
    const level = map.data[(at / 3) * map.channels]!;
    out.set(by === 'luminance' ? onLightness(colour, level) : onValue(colour, level), at);
  }
  return new Raster(out, picture);
}
