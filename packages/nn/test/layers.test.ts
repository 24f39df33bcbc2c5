import { Tensor } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as nn from '../src/index.js';
import { at, startLayers, tensorOf, wave } from './run-layers.js';

let layers: Awaited<ReturnType<typeof startLayers>>;
beforeAll(async () => {
  layers = await startLayers();
});
afterAll(() => layers.stop());

const range = (length: number) => Array.from({ length }, (_, index) => index);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function expectClose(found: Tensor, expected: Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  const wrong = range(found.size).filter((index) => !(Math.abs(found.at(index) - expected.at(index)) < 2e-5));
  expect(wrong.map((index) => [index, found.at(index), expected.at(index)])).toEqual([]);
}

describe('linear', () => {
  const weights = { 'to.weight': wave([5, 4]), 'to.bias': wave([5], 0.7) };
  const product = (row: (channel: number) => number, out: number) =>
    sum(range(4).map((channel) => row(channel) * at(weights['to.weight'], out, channel)));

  it('maps the last axis of tokens and of rows', async () => {
    const tokens = wave([2, 3, 4]);
    expectClose(
      await layers.run((g, x) => nn.linear(g, 'to', x, 5), [tokens], weights),
      tensorOf([2, 3, 5], (n, s, out) => product((c) => at(tokens, n!, s!, c), out!) + at(weights['to.bias'], out!)),
    );
    const rows = wave([2, 4]);
    expectClose(
      await layers.run((g, x) => nn.linear(g, 'to', x, 5, { bias: false }), [rows], weights),
      tensorOf([2, 5], (n, out) => product((c) => at(rows, n!, c), out!)),
    );
  });
});

describe('convolution', () => {
  const image = wave([1, 2, 5, 4]);
  const weights = { 'op.weight': wave([3, 2, 3, 3]), 'op.bias': wave([3], 0.7) };
  const pixel = (channel: number, y: number, x: number) => (y < 0 || x < 0 || y >= 5 || x >= 4 ? 0 : at(image, 0, channel, y, x));
  const window = (out: number, top: number, left: number) =>
    at(weights['op.bias'], out) +
    sum(
      range(18).map(
        (k) =>
          pixel(Math.floor(k / 9), top + (Math.floor(k / 3) % 3), left + (k % 3)) *
          at(weights['op.weight'], out, Math.floor(k / 9), Math.floor(k / 3) % 3, k % 3),
      ),
    );

  it('reaches over the edges to the opposite side when pictures tile, with its own padding only', async () => {
    const around = (channel: number, y: number, x: number) => at(image, 0, channel, (y + 5) % 5, (x + 4) % 4);
    const wrapped = (out: number, top: number, left: number) =>
      at(weights['op.bias'], out) +
      sum(
        range(18).map(
          (k) =>
            around(Math.floor(k / 9), top + (Math.floor(k / 3) % 3), left + (k % 3)) *
            at(weights['op.weight'], out, Math.floor(k / 9), Math.floor(k / 3) % 3, k % 3),
        ),
      );
    const tiling = { tiling: true };
    expectClose(
      await layers.run((g, x) => nn.conv(g, 'op', x, 3), [image], weights, tiling),
      tensorOf([1, 3, 5, 4], (_, out, y, x) => wrapped(out!, y! - 1, x - 1)),
    );
    expectClose(
      await layers.run((g, x) => nn.conv(g, 'op', x, 3, { stride: 2 }), [image], weights, tiling),
      tensorOf([1, 3, 3, 2], (_, out, y, x) => wrapped(out!, 2 * y! - 1, 2 * x! - 1)),
    );
    const square = { 'op.weight': wave([2, 2, 3, 3]), 'op.bias': wave([2], 0.7) };
    const asymmetric = (variants: typeof tiling | undefined) =>
      layers.run((g, x) => nn.downsampleAsymmetric(g, 'op', x), [image], square, variants);
    expectClose(await asymmetric(tiling), await asymmetric(undefined));
  });

  it('keeps the size', async () => {
    expectClose(
      await layers.run((g, x) => nn.conv(g, 'op', x, 3), [image], weights),
      tensorOf([1, 3, 5, 4], (_, out, y, x) => window(out!, y! - 1, x - 1)),
    );
  });

  it('halves the size, padded on every side or below and to the right', async () => {
    const square = { 'op.weight': wave([2, 2, 3, 3]), 'op.bias': wave([2], 0.7) };
    const both = await layers.run((g, x) => nn.downsample(g, 'op', x), [image], square);
    expect(both.shape).toEqual([1, 2, 3, 2]);
    const all = { 'op.weight': weights['op.weight'], 'op.bias': weights['op.bias'] };
    const strided = (pads: [number, number, number, number]) =>
      layers.run((g, x) => nn.conv(g, 'op', x, 3, { stride: 2, pads }), [image], all);
    expectClose(
      await strided([1, 1, 1, 1]),
      tensorOf([1, 3, 3, 2], (_, out, y, x) => window(out!, 2 * y! - 1, 2 * x - 1)),
    );
    expectClose(
      await strided([0, 0, 1, 1]),
      tensorOf([1, 3, 2, 2], (_, out, y, x) => window(out!, 2 * y!, 2 * x)),
    );
    const asymmetric = await layers.run((g, x) => nn.downsampleAsymmetric(g, 'op', x), [image], square);
    expect(asymmetric.shape).toEqual([1, 2, 2, 2]);
  });

  it('doubles the size by repetition', async () => {
    const identity = {
      'up.conv.weight': tensorOf([2, 2, 3, 3], (o, i, y, x) => (o === i && y === 1 && x === 1 ? 1 : 0)),
      'up.conv.bias': new Tensor([0, 0], [2]),
    };
    expectClose(
      await layers.run((g, x) => nn.upsample(g, 'up', x), [image], identity),
      tensorOf([1, 2, 10, 8], (_, c, y, x) => at(image, 0, c!, Math.floor(y! / 2), Math.floor(x / 2))),
    );
  });

  it('crops to another image', async () => {
    const like = wave([1, 1, 3, 4]);
    expectClose(
      await layers.run((g, x, like) => nn.cropTo(g, x, like), [image, like]),
      tensorOf([1, 2, 3, 4], (_, c, y, x) => at(image, 0, c!, y!, x)),
    );
  });
});

describe('normalisation', () => {
  const normal = (values: readonly number[], epsilon: number) => {
    const mean = sum(values) / values.length;
    const deviation = Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length + epsilon);
    return (value: number) => (value - mean) / deviation;
  };

  it('of groups of channels', async () => {
    const image = wave([2, 64, 2, 3]);
    const weights = { 'norm.weight': wave([64], 0.7), 'norm.bias': wave([64], 0.3) };
    const group = (n: number, c: number) =>
      normal(
        range(12).map((k) => at(image, n, c - (c % 2) + Math.floor(k / 6), Math.floor(k / 3) % 2, k % 3)),
        1e-5,
      );
    expectClose(
      await layers.run((g, x) => nn.groupNorm(g, 'norm', x, 1e-5), [image], weights),
      tensorOf(
        [2, 64, 2, 3],
        (n, c, y, x) => group(n!, c!)(at(image, n!, c!, y!, x)) * at(weights['norm.weight'], c!) + at(weights['norm.bias'], c!),
      ),
    );
  });

  it('of the last axis', async () => {
    const tokens = wave([2, 3, 8]);
    const weights = { 'norm.weight': wave([8], 0.7), 'norm.bias': wave([8], 0.3) };
    const token = (n: number, s: number) =>
      normal(
        range(8).map((c) => at(tokens, n, s, c)),
        1e-5,
      );
    expectClose(
      await layers.run((g, x) => nn.layerNorm(g, 'norm', x), [tokens], weights),
      tensorOf(
        [2, 3, 8],
        (n, s, c) => token(n!, s!)(at(tokens, n!, s!, c!)) * at(weights['norm.weight'], c!) + at(weights['norm.bias'], c!),
      ),
    );
  });
});

describe('activations', () => {
  const x = new Tensor([-8, -1.5, -0.1, 0, 0.1, 1, 2.5, 9], [1, 8]);
  /** x·Φ(x) at those points, from tables of the normal distribution. */
  const exact = [-4.976e-15, -0.1002108, -0.04601722, 0, 0.05398278, 0.84134475, 2.48447583, 9];

  it('are what they are called', async () => {
    expectClose(
      await layers.run((g, x) => nn.silu(g, x), [x]),
      x.map((value) => value * sigmoid(value)),
    );
    expectClose(
      await layers.run((g, x) => nn.quickGelu(g, x), [x]),
      x.map((value) => value * sigmoid(1.702 * value)),
    );
    expectClose(await layers.run((g, x) => nn.gelu(g, x), [x]), new Tensor(exact, [1, 8]));
  });

  it('gates the first half by the second', async () => {
    const identity = {
      'ff.proj.weight': tensorOf([8, 4], (out, c) => (out! % 4 === c ? (out! < 4 ? 2 : 1) : 0)),
      'ff.proj.bias': new Tensor(Array(8).fill(0), [8]),
    };
    const tokens = new Tensor([-1.5, 1, 2.5, -0.1], [1, 1, 4]);
    expectClose(
      await layers.run((g, x) => nn.geglu(g, 'ff', x, 4), [tokens], identity),
      new Tensor([0.3006324, 1.6826895, 12.422379, 0.009203444], [1, 1, 4]),
    );
  });
});

describe('attention', () => {
  const [query, key, value] = [wave([2, 3, 8]), wave([2, 5, 8], 0.7), wave([2, 5, 8], 0.3)];
  const reference = ([q, k, v]: readonly [Tensor, Tensor, Tensor], heads: number, sees: (s: number, t: number) => boolean) => {
    const width = 8 / heads;
    return tensorOf([2, 3, 8], (n, s, c) => {
      const first = c! - (c! % width);
      const seen = range(k.shape[1]!).filter((t) => sees(s!, t));
      const score = (t: number) => sum(range(width).map((d) => at(q, n!, s!, first + d) * at(k, n!, t, first + d))) / Math.sqrt(width);
      const weights = seen.map((t) => Math.exp(score(t)));
      return sum(seen.map((t, index) => weights[index]! * at(v, n!, t, c!))) / sum(weights);
    });
  };

  it.each([1, 2, 8])('of %i heads', async (heads) => {
    const found = await layers.run((g, q, k, v) => nn.attention(g, q, k, v, heads), [query, key, value]);
    expectClose(
      found,
      reference([query, key, value], heads, () => true),
    );
  });

  it('that does not look ahead', async () => {
    const found = await layers.run((g, q) => nn.attention(g, q, q, q, 2, { causal: true }), [query]);
    expectClose(
      found,
      reference([query, query, query], 2, (s, t) => t <= s),
    );
  });
});

describe('timestep', () => {
  it('becomes cosines and sines at falling frequencies', async () => {
    const timestep = new Tensor([0, 1, 999], [3]);
    const frequency = (i: number) => 10000 ** (-(i % 4) / 4);
    const steps = [0, 1, 999];
    const found = await layers.run((g, t) => nn.sinusoid(g, t!, 8), [timestep]);
    expectClose(
      found,
      tensorOf([3, 8], (n, i) => (i! < 4 ? Math.cos : Math.sin)(steps[n!]! * frequency(i!))),
    );
  });
});

describe('widths', () => {
  it('must be known while emitting', async () => {
    const emit = layers.run((g, x) => nn.linear(g, 'to', g.op('Reshape', [x, g.op('Shape', [x], { end: 1 })]), 5), [wave([2])]);
    await expect(emit).rejects.toMatchObject({ code: 'GRAPH_ILLEGAL', data: { problem: 'axis -1 of [n] must be a number' } });
  });
});
