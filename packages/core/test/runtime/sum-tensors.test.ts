import { expect, test } from 'vitest';
import { sumTensors } from '../../src/runtime/child/sum-tensors.js';
import type { WireTensor } from '../../src/runtime/protocol.js';

const f32 = (values: number[], ...shape: number[]): WireTensor => ({ data: Float32Array.from(values), shape });
const i64 = (values: number[], ...shape: number[]): WireTensor => ({ data: BigInt64Array.from(values, BigInt), shape });
const shown = ({ data, shape }: WireTensor): [number[], readonly number[]] => [Array.from(data, Number), shape];

test('equal shapes, scalars and repeated axes add up as in numpy', () => {
  expect(shown(sumTensors([f32([1, 2, 3, 4], 2, 2), f32([10, 20, 30, 40], 2, 2)]))).toEqual([
    [11, 22, 33, 44],
    [2, 2],
  ]);
  expect(shown(sumTensors([f32([1], 1, 1, 1), f32([10, 20, 30, 40], 2, 2)]))).toEqual([
    [11, 21, 31, 41],
    [1, 2, 2],
  ]);
  expect(shown(sumTensors([f32([1, 2], 2, 1), f32([10, 20, 30], 1, 3)]))).toEqual([
    [11, 21, 31, 12, 22, 32],
    [2, 3],
  ]);
  expect(shown(sumTensors([f32([1, 2, 3, 4, 5, 6], 1, 2, 3), f32([10, 20], 2, 1), f32([100], 1)]))).toEqual([
    [111, 112, 113, 124, 125, 126],
    [1, 2, 3],
  ]);
  expect(shown(sumTensors([f32([], 0, 2), f32([1, 2], 1, 2)]))).toEqual([[], [0, 2]]);
  expect(shown(sumTensors([i64([2 ** 40, 1], 2), i64([1], 1)]))).toEqual([[2 ** 40 + 1, 2], [2]]);
});

test('a channel bias broadcasts over a picture', () => {
  const picture = f32(
    Array.from({ length: 24 }, (_, index) => index),
    2,
    3,
    2,
    2,
  );
  const sum = sumTensors([picture, f32([100, 200, 300], 1, 3, 1, 1)]);
  expect(shown(sum)[0]).toEqual(Array.from({ length: 24 }, (_, index) => index + 100 * ((Math.floor(index / 4) % 3) + 1)));
});

test('sums round to float32 after each addition and leave their terms alone', () => {
  const big = f32([2 ** 24], 1);
  expect(shown(sumTensors([big, f32([1], 1), f32([1], 1)]))[0]).toEqual([2 ** 24]);
  expect(shown(sumTensors([f32([1], 1), f32([1], 1), big]))[0]).toEqual([2 ** 24 + 2]);
  expect(shown(big)[0]).toEqual([2 ** 24]);
  expect(sumTensors([big])).toBe(big);
});

test('what does not fit is named', () => {
  expect(() => sumTensors([f32([1, 2], 2), f32([1, 2, 3], 3)])).toThrow('[2] and [3] cannot be added');
  expect(() => sumTensors([f32([1], 1), i64([1], 1)])).toThrow('float32 and int64 values cannot be added');
});
