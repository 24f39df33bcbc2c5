import { Tensor } from '@armature/sdk';
import type { Pixels } from '../vision/pixels.js';
import { resize } from '../vision/resize.js';

/** Mean and deviation of red, green and blue in the pictures CLIP was trained on. */
const mean = [0.48145466, 0.4578275, 0.40821073] as const;
const deviation = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * A picture as the image encoder sees it: [1,3,side,side], stretched to the square, normalised. What a fourth channel marks is
 * taken out of it.
 */
export function pixelValues(picture: Pixels, side: number): Tensor {
  const { data, channels } = resize(picture, { width: side, height: side }, 'area');
  const plane = side * side;
  const values = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++) {
    const share = channels === 4 ? (255 - data[at * 4 + 3]!) / 255 : 1;
    for (let c = 0; c < 3; c++) values[c * plane + at] = ((data[at * channels + c]! / 255 - mean[c]!) / deviation[c]!) * share;
  }
  return new Tensor(values, [1, 3, side, side]);
}
