import { Tensor } from '@armature/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { maxDifference } from '../../../../test/fidelity/forward/max-difference.js';
import { Sd1Networks } from '../../../../test/fidelity/forward/sd1-networks.js';

let networks: Sd1Networks;
beforeAll(async () => {
  networks = await Sd1Networks.start();
});
afterAll(() => networks.stop());

const wave = (shape: readonly number[], pace: number) =>
  new Tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => Math.sin(at * pace)),
    shape,
  );

/** Moves [1,c,h,w] around its edges. */
function roll(tensor: Tensor, down: number, right: number): Tensor {
  const [, channels = 0, height = 0, width = 0] = tensor.shape;
  const values = tensor.toFloat32Array();
  const moved = new Float32Array(values.length);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        moved[(c * height + ((y + down) % height)) * width + ((x + right) % width)] = values[(c * height + y) * width + x] as number;
      }
    }
  }
  return new Tensor(moved, tensor.shape);
}

const tiling = { variants: { tiling: true } };

/** A network that sees no edges makes of a moved input the moved output. */
it.each([
  ['the decoder, by any cell', 'vae-decoder', 'latent', 'image', [1, 4, 6, 5], [1, 2], 8],
  ['the UNet, by whole cells of its lowest level', 'unet', 'latent', 'epsilon', [1, 4, 16, 24], [8, 16], 1],
] as const)('moves with its input: %s', async (_, name, input, output, shape, [down, right], scale) => {
  const latent = wave(shape, 1.7);
  const others: Record<string, Tensor> = name === 'unet' ? { timestep: new Tensor([601], [1]), context: wave([1, 77, 64], 0.9) } : {};
  const moved = async (options: typeof tiling | undefined) => {
    const run = await networks.open(name, options);
    const still = (await run({ [input]: latent, ...others }))[output] as Tensor;
    const rolled = (await run({ [input]: roll(latent, down, right), ...others }))[output] as Tensor;
    return maxDifference(rolled.toFloat32Array(), roll(still, down * scale, right * scale).toFloat32Array());
  };
  expect(await moved(tiling)).toBeLessThan(1e-4);
  expect(await moved(undefined)).toBeGreaterThan(1e-2);
});

it('changes what the encoder sees at the edges, and keeps its sizes', async () => {
  const image = wave([1, 3, 40, 43], 0.3);
  const plain = (await (await networks.open('vae-encoder'))({ image })).moments as Tensor;
  const tiled = (await (await networks.open('vae-encoder', tiling))({ image })).moments as Tensor;
  expect(plain.shape).toEqual([1, 8, 5, 5]);
  expect(tiled.shape).toEqual(plain.shape);
  expect(maxDifference(tiled.toFloat32Array(), plain.toFloat32Array())).toBeGreaterThan(1e-3);
});
