import { describe, expect, it } from 'vitest';
import { createImageNoise, type NoiseSource } from '../../src/sampling/index.js';
import { roundTime } from '../../src/sampling/random/round-time.js';
import { maxDifference, readTable, tablePath } from './reference-table.js';

const table = readTable(tablePath('brownian_tree.safetensors'));
const wanted = (key: string): Float32Array => table.get(key)?.data ?? new Float32Array();

function path(source: NoiseSource, seeds: readonly number[], sigmas: readonly number[]) {
  const noise = createImageNoise({
    source,
    shape: [4, 8, 8],
    seeds,
    subseeds: [],
    subseedStrength: 0,
    seedResizeFrom: { width: 0, height: 0 },
    seedDelta: 0,
  });
  const levels = sigmas.filter((sigma) => sigma > 0);
  return noise.brownian(Math.min(...levels), Math.max(...levels));
}

describe.each([
  ['CPU', '1_2', [1, 2], 'karras8'],
  ['NV', '1234', [1234], 'exp12'],
] as const)('Brownian path, %s, seeds %s', (source, name, seeds, schedule) => {
  const sigmas = [...wanted(`${source}.${name}.${schedule}.sigmas`)];
  const steps = sigmas.slice(0, -2).map((sigma, i) => [sigma, sigmas[i + 1] as number] as const);

  it('answers step after step', async () => {
    const between = path(source, seeds, sigmas);
    const drawn: number[] = [];
    for (const [sigma, next] of steps) drawn.push(...(await between(sigma, next)).toFloat32Array());
    expect(maxDifference(drawn, wanted(`${source}.${name}.${schedule}.noise`))).toBeLessThan(1e-6);
  });

  it('answers half a step and then the whole', async () => {
    const between = path(source, seeds, sigmas);
    const drawn: number[] = [];
    for (const [sigma, next] of steps) {
      const half = Math.fround(Math.sqrt(Math.fround(sigma * next)));
      drawn.push(...(await between(sigma, half)).toFloat32Array(), ...(await between(sigma, next)).toFloat32Array());
    }
    expect(maxDifference(drawn, wanted(`${source}.${name}.${schedule}.noise_half_then_full`))).toBeLessThan(1e-6);
  });

  it('is the same path backwards', async () => {
    const between = path(source, seeds, sigmas);
    const drawn: number[][] = [];
    for (const [sigma, next] of [...steps].reverse()) drawn.unshift([...(await between(sigma, next)).toFloat32Array()]);
    expect(maxDifference(drawn.flat(), wanted(`${source}.${name}.${schedule}.noise`))).toBeLessThan(1e-6);
  });
});

describe('roundTime', () => {
  it.each([
    [0.0078125, 0.007812],
    [0.0234375, 0.023438],
    [14.6146426, 14.614643],
    [2 ** -7 * 5, 0.039062],
  ])('%d → %d', (time, rounded) => {
    expect(roundTime(time)).toBe(rounded);
  });
});
