import { Raster, Tensor } from '@armature/sdk';

/** Blue, green, red: the order in which the reference hands pictures to its upscalers. */
const order = [2, 1, 0];

/** A picture as [1,3,h,w], 0…1, blue first; grey is repeated, alpha left out. */
export function toPlanes(image: Raster): Tensor {
  const { width, height, channels } = image;
  const pixels = image.toBytes();
  const area = width * height;
  const values = new Float32Array(3 * area);
  for (const [plane, colour] of order.entries()) {
    const from = channels === 1 ? 0 : colour;
    for (let at = 0; at < area; at++) values[plane * area + at] = (pixels[at * channels + from] as number) / 255;
  }
  return new Tensor(values, [1, 3, height, width]);
}

/** [1,3,h,w], blue first, as a picture. */
export function fromPlanes(tensor: Tensor): Raster {
  const [, , height = 0, width = 0] = tensor.shape;
  const values = tensor.toFloat32Array();
  const bytes = new Uint8Array(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (const colour of order) bytes[to++] = roundedByte(values[(colour * height + row) * width + column] as number);
  return new Raster(bytes, { width, height, channels: 3 });
}

/** 0…1 as a byte, rounded as numpy does: halves to the even number. */
export function roundedByte(value: number): number {
  const scaled = Math.fround(Math.min(1, Math.max(0, value)) * 255);
  const floor = Math.floor(scaled);
  return scaled - floor === 0.5 ? floor + (floor % 2) : Math.round(scaled);
}
