import { divide255 } from './alpha.js';

/** Pixels `start` to `end` of CMYK bytes as RGB without a colour profile, as Pillow's `convert('RGB')`. */
export function cmykToRgb(from: Uint8Array, to: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const paper = 255 - (from[4 * i + 3] as number);
    for (let c = 0; c < 3; c++) to[3 * i + c] = paper - divide255((from[4 * i + c] as number) * paper);
  }
}
