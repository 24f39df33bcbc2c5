import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { emitNetwork, refusal } from './emit-kit.js';
import { memoryWeights } from './memory-weights.js';

const weights = memoryWeights({ 'layer.weight': { shape: [3, 4], values: Array(12).fill(1) } });

/** Emits with an input x [n,4] and a matrix of the file. */
const withMatrix = (emit: (g: GraphBuilder, x: GraphValue, matrix: GraphValue) => GraphValue) =>
  refusal(
    (g) => {
      const x = g.input('x', 'float32', ['n', 4]);
      g.output(
        'y',
        g.module('layer', [x], (g, x) => emit(g, x!, g.weight('weight', [3, 4]))),
      );
    },
    { weights },
  );

describe('illegal graphs', () => {
  it('names the node and the weight of shapes that do not fit', async () => {
    expect(await withMatrix((g, x, matrix) => g.op('Gemm', [x, matrix]))).toEqual({
      code: 'GRAPH_ILLEGAL',
      data: { network: 'net', node: 'net.layer/Gemm', key: 'layer.weight', problem: 'inner dimensions do not agree: 4 and 3' },
    });
  });

  it('follows a weight through what leaves it recognisable', async () => {
    const { data } = await withMatrix((g, x, matrix) => g.op('MatMul', [x, g.op('Reshape', [matrix, g.constant([2, 6], 'int64')])]));
    expect(data).toMatchObject({ node: 'net.layer/MatMul', key: 'layer.weight' });
  });

  it('a value of one side of a choice stays there', async () => {
    let inside: GraphValue | undefined;
    const { data } = await withMatrix((g, x) => {
      const condition = g.op('Cast', [g.op('Shape', [x], { start: 0, end: 1 })], { to: 'bool' });
      const chosen = g.choose(
        condition,
        (side) => {
          inside = side.op('Neg', [x]);
          return inside;
        },
        () => x,
      );
      return g.op('Add', [chosen, inside]);
    });
    expect(data?.problem).toContain('is not of this graph');
  });

  it.each<[string, (g: GraphBuilder, x: GraphValue, matrix: GraphValue) => GraphValue, string]>([
    [
      'a choice by a number',
      (g, x) =>
        g.choose(
          x,
          () => x,
          () => x,
        ),
      'the condition is float32, expected bool',
    ],
    [
      'sides of two ranks',
      (g, x) =>
        g.choose(
          g.op('Cast', [g.constant([1])], { to: 'bool' }),
          () => x,
          (side) => side.constant([1]),
        ),
      'its sides are float32 [n,4] and float32 [1]',
    ],
    ['types that differ', (g, x) => g.op('Add', [x, g.constant([1], 'int64')]), 'operands are float32 and int64'],
    ['shapes that do not broadcast', (g, x) => g.op('Add', [x, g.constant([1, 2, 3])]), '[n,4] and [3] do not broadcast'],
    ['an input that is missing', (g, x) => g.op('MatMul', [x]), 'MatMul takes 2 to 2 inputs, not 1'],
    ['an input that is left out', (g, x) => g.op('Add', [x, undefined]), 'input 1 is missing'],
    ['an attribute that is missing', (g, x) => g.op('Softmax', [x]), 'Softmax needs the attribute axis'],
    ['an attribute nobody knows', (g, x) => g.op('Neg', [x], { speed: 1 } as object), 'Neg has no attribute speed'],
    ['an operator nobody knows', (g, x) => g.op('Fly' as 'Neg', [x]), 'there is no operator Fly'],
    ['an operator by an inherited name', (g, x) => g.op('constructor' as 'Neg', [x]), 'there is no operator constructor'],
    ['an axis that is not there', (g, x) => g.op('Softmax', [x], { axis: 2 }), 'axis 2 is not within rank 2'],
    ['a reshape that loses elements', (g, _, m) => g.op('Reshape', [m, g.constant([5, -1], 'int64')]), '[3,4] does not fit [5,-1]'],
    ['a permutation that is none', (g, x) => g.op('Transpose', [x], { perm: [0, 0] }), '[0,0] does not order the axes of [n,4]'],
    [
      'parts of different length',
      (g, x, m) => g.op('Concat', [x, g.op('Transpose', [m], { perm: [1, 0] })], { axis: 0 }),
      'lengths of axis 1 do not agree: 4 and 3',
    ],
    [
      'a scale of the wrong width',
      (g, x) => g.op('LayerNormalization', [x, g.constant([1, 1, 1])], { axis: -1, epsilon: 1e-5 }),
      'input 1 and the normalised axes do not agree: 3 and 4',
    ],
    ['a constant that is not full', (g) => g.constant([1, 2], 'float32', [3]), '2 numbers do not fill [3]'],
    ['indices that are not whole', (g, x, m) => g.op('Gather', [m, x], { axis: 0 }), 'indices are float32, expected int64'],
  ])('refuses %s', async (_, emit, problem) => {
    const { code, data } = await withMatrix(emit);
    expect(code).toBe('GRAPH_ILLEGAL');
    expect(data?.problem).toBe(problem);
  });

  it.each<[string, readonly number[], object, string]>([
    ['channels', [8, 3, 3, 3], {}, 'channels of input and kernel do not agree: 4 and 3'],
    ['groups', [3, 2, 3, 3], { group: 2 }, '3 output channels do not divide into 2 groups'],
    ['reach', [8, 4, 9, 9], {}, 'the kernel reaches beyond [6,6]'],
  ])('refuses a convolution by its %s', async (_, kernel, attributes, problem) => {
    const values = Array<number>(kernel.reduce((product, dim) => product * dim, 1)).fill(0);
    const { data } = await refusal((g) => {
      g.output('y', g.op('Conv', [g.input('x', 'float32', ['n', 4, 6, 6]), g.constant(values, 'float32', kernel)], attributes));
    });
    expect(data?.problem).toBe(problem);
  });

  it('follows sides through margins, pools and transposed convolutions', async () => {
    const shapes: (readonly (number | string)[])[] = [];
    const problems: unknown[] = [];
    for (const emit of [
      (g: GraphBuilder, x: GraphValue) => g.op('Pad', [x, g.constant([0, 0, 1, 1, 0, 0, 1, 1], 'int64')], { mode: 'reflect' }),
      (g: GraphBuilder, x: GraphValue) => g.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] }),
      (g: GraphBuilder, x: GraphValue) =>
        g.op('ConvTranspose', [x, g.constant(Array(4 * 3 * 9).fill(1), 'float32', [4, 3, 3, 3])], {
          strides: [2, 2],
          pads: [1, 1, 1, 1],
          output_padding: [1, 1],
        }),
      (g: GraphBuilder, x: GraphValue) => g.op('Pad', [x, g.constant([1, 1], 'int64')], { mode: 'edge' }),
      (g: GraphBuilder, x: GraphValue) => g.op('ConvTranspose', [x, g.constant(Array(18).fill(1), 'float32', [2, 1, 3, 3])]),
      (g: GraphBuilder, x: GraphValue) => g.op('MaxPool', [x]),
    ]) {
      const { data } = await refusal((g) => {
        const value = emit(g, g.input('x', 'float32', ['n', 4, 7, 'w']));
        shapes.push(value.shape);
        g.output('y', value);
      });
      if (data) problems.push(data.problem);
    }
    expect(shapes).toEqual([
      ['n', 4, 9, '(w+2)'],
      ['n', 4, 3, '(⌊(w-2)/2⌋+1)'],
      ['n', 3, 14, '2*w'],
    ]);
    expect(problems).toEqual([
      '[1,1] are not the two margins of 4 axes',
      'channels of input and kernel do not agree: 4 and 2',
      'MaxPool needs the attribute kernel_shape',
    ]);
  });

  it('refuses attention whose heads do not divide the width', async () => {
    const { data } = await refusal((g) => {
      const x = g.input('x', 'float32', ['n', 's', 10]);
      g.output('y', g.op('MultiHeadAttention', [x, x, x], { num_heads: 4 }));
    });
    expect(data?.problem).toBe('width 10 does not divide into 4 heads');
  });

  it('refuses a value of another graph', async () => {
    let stolen: GraphValue | undefined;
    await emitNetwork((g) => {
      stolen = g.input('x', 'float32', ['n']);
      g.output('y', stolen);
    });
    const { data } = await refusal((g) => g.output('y', g.op('Neg', [stolen!])));
    expect(data).toMatchObject({ node: 'net/Neg', problem: 'the value x is not of this graph' });
  });

  it('refuses a module wrap that returns a value of its own making', async () => {
    const { data } = await refusal(
      (g) =>
        g.output(
          'y',
          g.module('layer', [g.input('x', 'float32', ['n'])], (g, x) => g.op('Neg', [x])),
        ),
      { wrapModule: () => () => ({ name: '%7', type: 'float32', shape: ['n'] }) },
    );
    expect(data).toMatchObject({ node: 'net.layer', problem: 'the value %7 is not of this graph' });
  });

  it('refuses a network without outputs, names taken twice and sockets nobody reaches', async () => {
    expect((await refusal((g) => void g.input('x', 'float32', ['n']))).data?.problem).toBe('the network declares none');
    const twice = await refusal((g) => {
      const x = g.input('x', 'float32', ['n']);
      g.output('y', x);
      g.output('y', g.op('Neg', [x]));
    });
    expect(twice.data).toMatchObject({ node: 'output y', problem: 'the name y is taken' });
    const lost = await refusal((g) => g.output('y', g.input('x', 'float32', ['n'])), {
      sockets: [{ name: 'me.residual', at: 'net.nowhere', shape: ['n'] }],
    });
    expect(lost.data).toMatchObject({ node: 'socket me.residual', problem: 'there is no module at net.nowhere' });
  });

  it('refuses a socket that cannot be added to its module', async () => {
    const { data } = await refusal(
      (g) =>
        g.output(
          'y',
          g.module('layer', [g.input('x', 'float32', ['n', 4])], (g, x) => g.op('Neg', [x])),
        ),
      {
        sockets: [{ name: 'me.residual', at: 'net.layer', shape: ['n', 5] }],
      },
    );
    expect(data?.problem).toBe('[n,4] and [n,5] do not broadcast');
  });
});
