import { Tensor } from '@armature/sdk';
import { expect, it } from 'vitest';

it('copies what it is built from', () => {
  const given = Float32Array.of(1, 2);
  const tensor = new Tensor(given, [2]);
  given[0] = 9;
  expect([...tensor.toFloat32Array()]).toEqual([1, 2]);
});

it('takes an array over, which nobody can write to afterwards', () => {
  const given = Float32Array.of(1, 2, 3, 4);
  const tensor = Tensor.take(given, [2, 2]);
  expect([given.length, tensor.shape, [...tensor.toFloat32Array()]]).toEqual([0, [2, 2], [1, 2, 3, 4]]);
});

it('leaves the rest of a buffer alone', () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const part = whole.subarray(1, 3);
  const tensor = Tensor.take(part, [2]);
  part[0] = 9;
  expect([[...whole], [...tensor.toFloat32Array()]]).toEqual([
    [1, 9, 3, 4],
    [2, 3],
  ]);
});

it('takes nothing that does not fill its shape', () => {
  const given = Float32Array.of(1, 2);
  expect(() => Tensor.take(given, [3])).toThrow(RangeError);
  expect(given.length).toBe(2);
});
