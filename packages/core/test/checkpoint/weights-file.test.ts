import { appendFileSync, realpathSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { WeightEntry } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import { openWeights } from '../../src/checkpoint/index.js';
import float8Values from './float8-values.json' with { type: 'json' };
import { floats, type MadeTensor, safetensorsBytes } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const bytesOf = (array: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer);

async function readBack(tensor: MadeTensor): Promise<Float32Array | undefined> {
  const folder = temporaryFolder({
    'model.safetensors': safetensorsBytes({ before: { dtype: 'U8', shape: [3], data: new Uint8Array(3) }, tensor }),
  });
  const weights = await openWeights(join(folder, 'model.safetensors'));
  const values = await weights.get('tensor')?.read();
  await weights.close();
  return values;
}

describe('openWeights', () => {
  test('reads keys, shapes, metadata and absolute offsets', async () => {
    const bytes = safetensorsBytes(
      { a: floats([2, 3], 1), b: floats([], 7), empty: floats([0, 4]) },
      { format: 'pt', 'modelspec.title': 'x' },
    );
    const folder = temporaryFolder({ 'm.safetensors': bytes });
    const weights = await openWeights(join(folder, 'm.safetensors'));
    expect([...weights.keys]).toEqual(['a', 'b', 'empty']);
    expect(Object.fromEntries(weights.metadata)).toEqual({ format: 'pt', 'modelspec.title': 'x' });
    const b = weights.entry('b');
    expect(b).toMatchObject({ key: 'b', dtype: 'F32', shape: [], byteLength: 4 });
    expect(bytes.readFloatLE(b?.offset)).toBe(7);
    expect(await weights.get('empty')?.read()).toHaveLength(0);
    expect(weights.get('nothing')).toBeUndefined();
    await weights.close();
  });

  test('a description whose length begins like a pickle is none', async () => {
    const bytes = safetensorsBytes({ a: floats([1], 3) }, { note: '' });
    // 0x0280 bytes of description: 80 02, the first bytes of what torch.save writes.
    const note = 'x'.repeat(0x280 - (bytes.length - 8 - 4));
    const folder = temporaryFolder({ 'm.safetensors': safetensorsBytes({ a: floats([1], 3) }, { note }) });
    const weights = await openWeights(join(folder, 'm.safetensors'));
    expect(await weights.get('a')?.read()).toEqual(new Float32Array([3]));
    await weights.close();
  });

  test('resolves links and names the state of the file', async () => {
    const folder = temporaryFolder({ 'm.safetensors': safetensorsBytes({ a: floats([1]) }) });
    symlinkSync('m.safetensors', join(folder, 'link.safetensors'));
    const weights = await openWeights(join(folder, 'link.safetensors'));
    const again = await openWeights(join(folder, 'm.safetensors'));
    expect(weights.path).toBe(realpathSync(join(folder, 'm.safetensors')));
    expect(again.weightsId).toBe(weights.weightsId);
    await weights.close();
    await again.close();
    appendFileSync(join(folder, 'm.safetensors'), 'x');
    await expect(openWeights(join(folder, 'm.safetensors'))).rejects.toThrow('1 bytes follow the last tensor');
  });

  test('a key named __proto__ is a key like any other', async () => {
    const folder = temporaryFolder({ 'm.safetensors': safetensorsBytes({ ['__proto__']: floats([1], 5), constructor: floats([1], 6) }) });
    const weights = await openWeights(join(folder, 'm.safetensors'));
    expect([...weights.keys]).toEqual(['__proto__', 'constructor']);
    expect(await weights.get('__proto__')?.read()).toEqual(new Float32Array([5]));
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
    await weights.close();
  });

  test('with() replaces and adds entries and leaves the file alone', async () => {
    const folder = temporaryFolder({ 'm.safetensors': safetensorsBytes({ a: floats([1], 1), b: floats([1], 2) }) });
    const weights = await openWeights(join(folder, 'm.safetensors'));
    const made = (key: string, value: number): WeightEntry => ({
      key,
      dtype: 'F32',
      shape: [1],
      read: async () => new Float32Array([value]),
    });
    const changed = weights.with([made('a', 10)]).with([made('c', 30)]);
    expect([...changed.keys]).toEqual(['a', 'b', 'c']);
    expect([(await changed.get('a')?.read())?.[0], (await changed.get('b')?.read())?.[0], (await changed.get('c')?.read())?.[0]]).toEqual([
      10, 2, 30,
    ]);
    expect((await weights.get('a')?.read())?.[0]).toBe(1);
    expect(weights.keys.has('c')).toBe(false);
    await weights.close();
  });

  test('a file cut off after it was opened says which tensor is short', async () => {
    const folder = temporaryFolder({ 'm.safetensors': safetensorsBytes({ a: floats([4]), b: floats([4]) }) });
    const path = join(folder, 'm.safetensors');
    const weights = await openWeights(path);
    const file = await open(path, 'r+');
    await file.truncate((weights.entry('b')?.offset ?? 0) + 4);
    await file.close();
    await expect(weights.get('b')?.read()).rejects.toMatchObject({ code: 'CKPT_TRUNCATED', data: { key: 'b' } });
    await weights.close();
  });
});

describe('values as float32', () => {
  test('every half-precision number', async () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = (await readBack({ dtype: 'F16', shape: [65536], data: bytesOf(bits) })) as Float32Array;
    // Rebiased into a float32's bits: exact for all finite values, another way than the reader's.
    const expanded = new Uint32Array(65536).map((_, i) => ((i & 0x8000) << 16) | ((i & 0x7fff) << 13));
    const expected = new Float32Array(expanded.buffer).map((value) => value * 2 ** 112);
    const wrong = [...values].filter((value, i) => {
      if ((i & 0x7c00) !== 0x7c00) return !Object.is(value, expected[i]);
      if (i & 0x3ff) return !Number.isNaN(value);
      return value !== (i & 0x8000 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    });
    expect(wrong).toEqual([]);
  });

  test('bfloat16, float64 and integers', async () => {
    const bf16 = await readBack({ dtype: 'BF16', shape: [4], data: bytesOf(new Uint16Array([0x3f80, 0xc049, 0x0001, 0x7f80])) });
    expect([...(bf16 ?? [])]).toEqual([1, -3.140625, 2 ** -133, Number.POSITIVE_INFINITY]);
    expect(await readBack({ dtype: 'F64', shape: [2], data: bytesOf(new Float64Array([0.1, -2])) })).toEqual(new Float32Array([0.1, -2]));
    expect(await readBack({ dtype: 'I64', shape: [2], data: bytesOf(new BigInt64Array([-5n, 77n])) })).toEqual(new Float32Array([-5, 77]));
    expect(await readBack({ dtype: 'I32', shape: [1], data: bytesOf(new Int32Array([-9])) })).toEqual(new Float32Array([-9]));
    expect(await readBack({ dtype: 'I16', shape: [1], data: bytesOf(new Int16Array([-300])) })).toEqual(new Float32Array([-300]));
    expect(await readBack({ dtype: 'I8', shape: [1], data: bytesOf(new Int8Array([-3])) })).toEqual(new Float32Array([-3]));
    expect(await readBack({ dtype: 'BOOL', shape: [2], data: new Uint8Array([1, 0]) })).toEqual(new Float32Array([1, 0]));
  });

  test.each(['F8_E4M3', 'F8_E5M2'] as const)('every %s as PyTorch reads it', async (dtype) => {
    const values = (await readBack({ dtype, shape: [256], data: Uint8Array.from({ length: 256 }, (_, i) => i) })) as Float32Array;
    const bits = new Uint32Array(values.buffer);
    const found = [...values].map((value, i) => (Number.isNaN(value) ? 'nan' : (bits[i] as number).toString(16).padStart(8, '0')));
    // tools/families/float8-values.py
    expect(found.join(' ')).toBe(float8Values[dtype]);
  });

  test('a tensor of several slices, whole and in order', async () => {
    const count = 2 ** 21 + 5;
    const source = Uint16Array.from({ length: count }, (_, i) => i % 0x7c00);
    const values = (await readBack({ dtype: 'BF16', shape: [count], data: bytesOf(source) })) as Float32Array;
    const back = new Uint32Array(values.buffer);
    expect(values).toHaveLength(count);
    expect(back.every((bits, i) => bits >>> 16 === i % 0x7c00)).toBe(true);
  });
});
