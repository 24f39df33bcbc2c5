import { channelsOf } from '@armature/nn';
import type { EmitFn, GraphBuilder, GraphValue } from '@armature/sdk';
import { commonNames, placeNames } from './reference-inputs.js';

interface CommonInputs {
  readonly writing: GraphValue;
  readonly negative: GraphValue;
  readonly order: GraphValue;
}

const known = new WeakMap<GraphBuilder, CommonInputs>();

/** Declared once a graph. */
function commonInputs(g: GraphBuilder, rows: GraphValue['shape'][number]): CommonInputs {
  const before = known.get(g);
  if (before) return before;
  const { writing, negative, order } = commonNames;
  const inputs = {
    writing: g.input(writing, 'float32', [writing], { optional: true }),
    negative: g.input(negative, 'int64', [negative], { optional: true }),
    order: g.input(order, 'int64', [rows], { optional: true }),
  };
  known.set(g, inputs);
  return inputs;
}

/** Whether an axis is longer than 0. */
const filled = (g: GraphBuilder, value: GraphValue, axis = 0): GraphValue =>
  g.op('Cast', [g.op('Shape', [value], { start: axis, end: axis + 1 })], { to: 'bool' });
const bothFilled = (g: GraphBuilder, a: GraphValue, b: GraphValue): GraphValue =>
  g.op('Cast', [g.op('Mul', [g.op('Shape', [a]), g.op('Shape', [b])])], { to: 'bool' });

/**
 * Self-attention that looks at a reference too: keys and values of the tokens [n,s,c] and of those in the bank [n,t,c]. Rows of
 * negative prompts stay by `style` what they would be without. A run that writes keeps the tokens, behind what the bank holds.
 */
export const attendingReference =
  (inner: EmitFn): EmitFn =>
  (g, tokens, context) => {
    if (!tokens || !context) throw new RangeError(`${g.path} was given no tokens`);
    const [rows] = tokens.shape as [GraphValue['shape'][number]];
    const names = placeNames(g.path);
    const { writing, negative, order } = commonInputs(g, rows);
    const bank = g.input(names.bank, 'float32', [rows, names.bank, channelsOf(g, context, -1)], { optional: true });
    const style = g.input(names.style, 'float32', [rows], { optional: true });
    const joined: EmitFn = (side) => side.op('Concat', [context, bank], { axis: 1 });
    const alone: EmitFn = (side) => side.op('Identity', [context]);
    g.output(
      names.kept,
      g.choose(
        filled(g, writing),
        (side) => side.choose(filled(side, bank, 1), joined, alone),
        (side) => side.op('Identity', [bank]),
      ),
    );
    const seen = inner(g, tokens, g.choose(filled(g, style), joined, alone));
    return g.choose(
      bothFilled(g, style, negative),
      (side) => {
        const some = (value: GraphValue) => side.op('Gather', [value, negative], { axis: 0 });
        const blind = inner(side, some(tokens), some(context));
        const share = side.op('Reshape', [some(style), side.constant([-1, 1, 1], 'int64')]);
        const mixed = side.op('Add', [some(seen), side.op('Mul', [share, side.op('Sub', [blind, some(seen)])])]);
        return side.op('Gather', [side.op('Concat', [seen, mixed], { axis: 0 }), order], { axis: 0 });
      },
      (side) => side.op('Identity', [seen]),
    );
  };

const epsilon = 1e-6;

interface Moments {
  readonly centred: GraphValue;
  readonly mean: GraphValue;
  readonly variance: GraphValue;
}

function momentsOf(g: GraphBuilder, image: GraphValue): Moments {
  const mean = g.op('GlobalAveragePool', [image]);
  const centred = g.op('Sub', [image, mean]);
  return { centred, mean, variance: g.op('GlobalAveragePool', [g.op('Mul', [centred, centred])]) };
}

const deviation = (g: GraphBuilder, variance: GraphValue): GraphValue =>
  g.op('Sqrt', [g.op('Max', [variance, g.constant([epsilon], 'float32', [])])]);

/**
 * Adaptive instance normalisation (Huang & Belongie 2017): channels of the block's image [n,c,h,w] get the mean and the spread that
 * those of the reference had, [n,c,2,k] in the bank for k of them. Rows stay by `style` what they are.
 */
export const normalisedByReference =
  (inner: EmitFn): EmitFn =>
  (g, ...inputs) => {
    const image = inner(g, ...inputs);
    const [rows] = image.shape as [GraphValue['shape'][number]];
    const names = placeNames(g.path);
    const { writing } = commonInputs(g, rows);
    const bank = g.input(names.bank, 'float32', [rows, channelsOf(g, image, 1), 2, names.bank], { optional: true });
    const style = g.input(names.style, 'float32', [rows], { optional: true });
    g.output(
      names.kept,
      g.choose(
        filled(g, writing),
        (side) => {
          const { mean, variance } = momentsOf(side, image);
          const own = side.op('Concat', [mean, variance], { axis: 2 });
          return side.choose(
            filled(side, bank, 3),
            (within) => within.op('Concat', [bank, own], { axis: 3 }),
            (within) => within.op('Identity', [own]),
          );
        },
        (side) => side.op('Identity', [bank]),
      ),
    );
    return g.choose(
      filled(g, style),
      (side) => restyled(side, image, bank, style),
      (side) => side.op('Identity', [image]),
    );
  };

function restyled(g: GraphBuilder, image: GraphValue, bank: GraphValue, style: GraphValue): GraphValue {
  const own = momentsOf(g, image);
  const kept = (at: number): GraphValue => {
    const [start, end, axis] = [at, at + 1, 2].map((number) => g.constant([number], 'int64')) as [GraphValue, GraphValue, GraphValue];
    return g.op('GlobalAveragePool', [g.op('Slice', [bank, start, end, axis])]);
  };
  const plain = g.op('Div', [own.centred, deviation(g, own.variance)]);
  const styled = g.op('Add', [g.op('Mul', [plain, deviation(g, kept(1))]), kept(0)]);
  const share = g.op('Reshape', [style, g.constant([-1, 1, 1, 1], 'int64')]);
  return g.op('Add', [styled, g.op('Mul', [share, g.op('Sub', [image, styled])])]);
}
