import { CUBE_ROOT, cubed, F_OF_L, GAMMA, LINEAR, ONE, TO_RGB, TO_XYZ, Y_OF_L } from './lab-tables.js';

const clip = (value: number, most: number): number => (value < 0 ? 0 : value > most ? most : value);
/** Divides by 2^bits, a half upwards. */
const descale = (value: number, bits: number): number => (value + (1 << (bits - 1))) >> bits;

/** L: (116 · 255 / 100) f − 16 · 255 / 100 in OpenCV's whole numbers, 15 fraction bits. */
const L_SCALE = 296;
const L_SHIFT = -1336934;
const MIDDLE = 128 * 32768;

type Row = readonly [number, number, number];
const times = ([a, b, c]: Row, x: number, y: number, z: number): number => a * x + b * y + c * z;

/** Pixels `start` to `end` of sRGB bytes as 8-bit CIE L*a*b* (OpenCV's `COLOR_RGB2LAB`, bit-exact). */
export function rgbToLab(from: Uint8Array, to: Uint8Array, start: number, end: number): void {
  for (let at = 3 * start; at < 3 * end; at += 3) {
    const red = LINEAR[from[at] as number] as number;
    const green = LINEAR[from[at + 1] as number] as number;
    const blue = LINEAR[from[at + 2] as number] as number;
    const fx = CUBE_ROOT[descale(times(TO_XYZ[0], red, green, blue), 12)] as number;
    const fy = CUBE_ROOT[descale(times(TO_XYZ[1], red, green, blue), 12)] as number;
    const fz = CUBE_ROOT[descale(times(TO_XYZ[2], red, green, blue), 12)] as number;
    to[at] = clip(descale(L_SCALE * fy + L_SHIFT, 15), 255);
    to[at + 1] = clip(descale(500 * (fx - fy) + MIDDLE, 15), 255);
    to[at + 2] = clip(descale(200 * (fy - fz) + MIDDLE, 15), 255);
  }
}

/** The way back (`COLOR_LAB2RGB`, bit-exact). */
export function labToRgb(from: Uint8Array, to: Uint8Array, start: number, end: number): void {
  for (let at = 3 * start; at < 3 * end; at += 3) {
    const l = from[at] as number;
    const fy = F_OF_L[l] as number;
    const y = Y_OF_L[l] as number;
    const x = cubed(fy + ((5 * (from[at + 1] as number) * 53687 + 128) >> 13) - Math.trunc((128 * ONE) / 500));
    const z = cubed(fy - ((((from[at + 2] as number) * 41943 + 16) >> 9) - Math.trunc((128 * ONE) / 200) + 1));
    for (let rgb = 0; rgb < 3; rgb++) to[at + rgb] = GAMMA[clip(descale(times(TO_RGB[rgb] as Row, x, y, z), 14), 4095)] as number;
  }
}
