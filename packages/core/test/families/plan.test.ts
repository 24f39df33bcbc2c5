import { channelsOf, linear } from '@armature/nn';
import { type GraphBuilder, type GraphValue, IntTensor, type Socket, Tensor } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxDifference } from '../../../../test/fidelity/forward/max-difference.js';
import { type RunNetwork, Sd1Networks } from '../../../../test/fidelity/forward/sd1-networks.js';

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
const feeds = { latent: wave([2, 4, 8, 8], 1.7), timestep: new Tensor([601, 20], [2]), context: wave([2, 77, 64], 0.9) };
const epsilon = async (run: RunNetwork, extra: Record<string, Tensor | readonly Tensor[]> = {}) =>
  (await run({ ...feeds, ...extra })).epsilon!.toFloat32Array();

/** Attention written out: the s×t matrix exists. */
function explicitAttention(g: GraphBuilder, tokens: GraphValue, context: GraphValue, heads: number): GraphValue {
  const width = channelsOf(g, tokens, -1);
  const split = (name: string, x: GraphValue, perm: readonly number[]) =>
    g.op('Transpose', [g.op('Reshape', [linear(g, name, x, width, { bias: false }), g.constant([0, -1, heads, width / heads], 'int64')])], {
      perm,
    });
  const query = g.op('Mul', [split('to_q', tokens, [0, 2, 1, 3]), g.constant([(width / heads) ** -0.5])]);
  const weights = g.op('Softmax', [g.op('MatMul', [query, split('to_k', context, [0, 2, 3, 1])])], { axis: -1 });
  const seen = g.op('Transpose', [g.op('MatMul', [weights, split('to_v', context, [0, 2, 1, 3])])], { perm: [0, 2, 1, 3] });
  return linear(g, 'to_out.0', g.op('Reshape', [seen, g.constant([0, -1, width], 'int64')]), width);
}

describe('graph.module', () => {
  it('replaces every attention, with the same result', async () => {
    const replaced: string[] = [];
    const run = await networks.open('unet', {
      wrapModule: (path, emit) => {
        if (!/\.attn[12]$/.test(path)) return emit;
        replaced.push(path);
        return (g, tokens, context) => explicitAttention(g, tokens!, context!, 8);
      },
    });
    expect(replaced).toHaveLength(32);
    const difference = maxDifference(await epsilon(run), await epsilon(await networks.open('unet')));
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-4);
  });

  it('replaces one attention and changes the result', async () => {
    const path = 'unet.input_blocks.1.1.transformer_blocks.0.attn2';
    const run = await networks.open('unet', { wrapModule: (at, emit) => (at === path ? (_, tokens) => tokens! : emit) });
    expect(maxDifference(await epsilon(run), await epsilon(await networks.open('unet')))).toBeGreaterThan(1e-3);
  });
});

describe('sockets', () => {
  const socket = (at: string, shape: Socket['shape']): Socket => ({ name: 'me.residual', at, shape });

  it.each([
    ['the middle block', 'unet.middle_block', [2, 64, 1, 1]],
    ['a skip connection', 'unet.skips.4', [2, 64, 4, 4]],
    ['a linear layer', 'unet.output_blocks.9.1.transformer_blocks.0.attn1.to_q', [2, 64, 32]],
  ])('at %s changes nothing when it is not filled, and the result when it is', async (_, at, shape) => {
    const plain = await epsilon(await networks.open('unet'));
    const run = await networks.open('unet', {
      sockets: [socket(at, ['n', ...shape.slice(1).map((dim, axis) => (axis === 0 && shape.length === 4 ? dim : `s${axis}`))])],
    });
    expect(await epsilon(run, { 'me.residual': [] })).toEqual(plain);
    expect(
      await epsilon(run, {
        'me.residual': new Tensor(
          [0],
          shape.map(() => 1),
        ),
      }),
    ).toEqual(plain);
    const filled = await epsilon(run, { 'me.residual': wave(shape, 0.3) });
    expect(maxDifference(filled, plain)).toBeGreaterThan(1e-3);
    const twice = await epsilon(run, { 'me.residual': [wave(shape, 0.3).scale(0.5), wave(shape, 0.3).scale(0.5)] });
    expect(maxDifference(twice, filled)).toBeLessThan(1e-5);
  });

  it('at an input block goes down and across, at its skip only across', async () => {
    const residual = wave([2, 64, 4, 4], 0.3);
    const [block, skip] = await Promise.all(
      ['unet.input_blocks.4', 'unet.skips.4'].map(async (at) =>
        epsilon(await networks.open('unet', { sockets: [socket(at, ['n', 64, 'h', 'w'])] }), { 'me.residual': residual }),
      ),
    );
    expect(maxDifference(block!, skip!)).toBeGreaterThan(1e-4);
  });
});

describe('text encoder', () => {
  it('is causal: later tokens do not change earlier states', async () => {
    const embed = await networks.open('token-embedding');
    const encode = await networks.open('text-encoder');
    const hidden = async (last: number) => {
      const ids = new IntTensor([49406, 320, 1125, ...Array(73).fill(49407), last], [1, 77]);
      const { embeddings } = await embed({ ids });
      return (await encode({ embeddings: embeddings! })).hidden!.toFloat32Array();
    };
    const [a, b] = [await hidden(49407), await hidden(320)];
    expect(a.slice(0, 76 * 64)).toEqual(b.slice(0, 76 * 64));
    expect(a.slice(76 * 64)).not.toEqual(b.slice(76 * 64));
  });

  it.each([0, 5, 1.5, 'two'])('refuses clip skip %s by name', async (clipSkip) => {
    await expect(networks.open('text-encoder', { variants: { clipSkip } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      data: { field: 'CLIP_stop_at_last_layers' },
    });
  });
});
