import { Tensor } from '@armature/sdk';

const side = 8;

/** [n,c,8h,8w] → [n,64c,h,w]: each 8×8 tile becomes channels (`torch.nn.PixelUnshuffle`). What is left of a tile is cut off. */
export function pixelUnshuffle(picture: Tensor): Tensor {
  const [count = 1, channels = 0, height = 0, width = 0] = picture.shape;
  const [rows, columns] = [Math.floor(height / side), Math.floor(width / side)];
  const source = picture.toFloat32Array();
  const out = new Float32Array(count * channels * side * side * rows * columns);
  let at = 0;
  for (let channel = 0; channel < count * channels; channel++)
    for (let dy = 0; dy < side; dy++)
      for (let dx = 0; dx < side; dx++)
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++) out[at++] = source[(channel * height + y * side + dy) * width + x * side + dx]!;
  return new Tensor(out, [count, channels * side * side, rows, columns]);
}
