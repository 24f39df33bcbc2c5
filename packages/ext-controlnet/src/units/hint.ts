import { Tensor } from '@armature/sdk';
import type { Pixels } from '../vision/pixels.js';

/** A map as networks see it: [1,c,h,w] in 0…1. With a mask: −1 where it is white (the inpainting model's protocol). */
export function hintOf({ data, width, height, channels }: Pixels): Tensor {
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++) {
    const masked = channels === 4 && data[at * 4 + 3]! > 127;
    for (let c = 0; c < 3; c++) out[c * plane + at] = masked ? -1 : data[at * channels + c]! / 255;
  }
  return new Tensor(out, [1, 3, height, width]);
}

/** The first channel alone, for adapters that see grey. */
export function firstChannel(hint: Tensor): Tensor {
  const [, , height = 0, width = 0] = hint.shape;
  return new Tensor(hint.toFloat32Array().subarray(0, width * height), [1, 1, height, width]);
}

/** A mask as the map detectors show it: what is white under it is seen half. */
export function shownMap(map: Pixels): Pixels {
  if (map.channels !== 4) return map;
  return { ...map, data: map.data.map((value, at) => (at % 4 === 3 ? 255 - (value >> 1) : value)) };
}
