import { Tensor } from '@armature/sdk';
import { type Pixels, toRgb } from '../vision/pixels.js';

/** What a network wants to see: each value minus `mean`, divided by `std`, both in 0…255; one number, or one for each channel. */
export interface Seeing {
  readonly mean?: number | readonly [number, number, number];
  readonly std?: number | readonly [number, number, number];
  /** Blue first. */
  readonly bgr?: boolean;
  /** The mean of the colours alone. */
  readonly grey?: boolean;
  /** A fourth channel behind the colours, 1 everywhere before mean and spread are taken off. */
  readonly ones?: boolean;
}

/** How many channels that makes. */
export const seenChannels = ({ grey, ones }: Seeing): number => (grey ? 1 : ones ? 4 : 3);

const channelNumber = (value: number | readonly number[], channel: number): number => (typeof value === 'number' ? value : value[channel]!);

/** A picture as [1,c,h,w]. */
export function pictureInput(image: Pixels, seeing: Seeing): Tensor {
  const { mean = 0, std = 1, bgr = false, grey = false } = seeing;
  const { data, width, height } = toRgb(image);
  const plane = width * height;
  const channels = seenChannels(seeing);
  const out = new Float32Array(channels * plane);
  for (let at = 0; at < plane; at++)
    for (let c = 0; c < channels; c++) {
      const from = at * 3;
      const value = grey ? (data[from]! + data[from + 1]! + data[from + 2]!) / 3 : c === 3 ? 1 : data[from + (bgr ? 2 - c : c)]!;
      out[c * plane + at] = (value - channelNumber(mean, c)) / channelNumber(std, c);
    }
  return new Tensor(out, [1, channels, height, width]);
}

/** [1,c,h,w] → [1,h,w,c], for models that want colours last. */
export function coloursLast(input: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = input.shape;
  const data = input.toFloat32Array();
  const out = new Float32Array(data.length);
  const plane = width * height;
  for (let at = 0; at < plane; at++) for (let c = 0; c < channels; c++) out[at * channels + c] = data[c * plane + at]!;
  return new Tensor(out, [1, height, width, channels]);
}
