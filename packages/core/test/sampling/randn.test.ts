import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/sampling/index.js';
import { seedSequence } from '../../src/sampling/random/seed-sequence.js';
import { maxDifference, readTable, tablePath } from './reference-table.js';

const table = readTable(tablePath('randn.safetensors'));
const keys = (pattern: RegExp): readonly string[] => [...table.keys()].filter((key) => pattern.test(key));
const wanted = (key: string): Float32Array => table.get(key)?.data ?? new Float32Array();
const generatorOf = (key: string) => createGenerator(key.startsWith('nv') ? 'NV' : 'CPU', BigInt(key.split('.')[1] ?? 0));

describe('randn', () => {
  it.each(keys(/^(cpu|nv)\.\d/))('%s', (key) => {
    expect(maxDifference(generatorOf(key).randn(wanted(key).length), wanted(key))).toBeLessThan(1e-6);
  });

  it.each(keys(/^(cpu|nv)_head64/))('%s: the ends of a large draw', (key) => {
    const side = Number(key.split('x')[1]);
    const drawn = generatorOf(key).randn(4 * side * side);
    expect(maxDifference([...drawn.slice(0, 64), ...drawn.slice(-64)], wanted(key))).toBeLessThan(1e-6);
  });

  it.each(keys(/^(cpu|nv)_seq3/))('%s: the stream goes on between draws', (key) => {
    const generator = generatorOf(key);
    const drawn = [0, 1, 2].flatMap(() => [...generator.randn(256)]);
    expect(maxDifference(drawn, wanted(key))).toBeLessThan(1e-6);
  });

  it.each(keys(/^cpu_seq_odd/))('%s: a spare value of a short draw waits for the next short one', (key) => {
    const generator = generatorOf(key);
    const drawn = [3, 16, 7, 20, 15, 1].flatMap((count) => [...generator.randn(count)]);
    expect(maxDifference(drawn, wanted(key))).toBeLessThan(1e-6);
  });

  it('wraps negative seeds as two’s complement', () => {
    expect(createGenerator('CPU', -1).randn(4)).toEqual(createGenerator('CPU', 2 ** 32 - 1).randn(4));
    expect(createGenerator('NV', -1).randn(4)).toEqual(createGenerator('NV', 2n ** 64n - 1n).randn(4));
  });
});

describe('seedSequence', () => {
  it.each([
    [42, [], 387750627],
    [42, [0, 0], 2102017995],
    [42, [1, 1], 1058881542],
    [0, [], 4025752534],
  ])('entropy %i, place %j', (entropy, place, word) => {
    expect(seedSequence(entropy, place)).toBe(word);
  });
});
