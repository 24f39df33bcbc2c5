import { channelsOf, conv } from '@armature/nn';
import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { type EsrganLayout, esrganLayout } from './esrgan-layout.js';
import { leakyRelu, repeatPixels, scaledSum, unshufflePixels } from './resampling.js';
import { countOf, type TensorShapes, type UpscalingNetwork } from './upscaling-network.js';

/** Channels of a picture. */
const colours = 3;

interface EsrganFacts {
  readonly layout: EsrganLayout;
  readonly blocks: number;
  /** Channels of the trunk, and what each dense convolution adds. */
  readonly width: number;
  readonly growth: number;
  /** Factor by which the picture is folded into channels first. */
  readonly fold: number;
  /** Residuals of ESRGAN+: a 1×1 convolution within each dense block. */
  readonly plus: boolean;
}

/** RRDB networks (Wang et al. 2018, ESRGAN; 2021, Real-ESRGAN; Rakotonirina & Rasoanaivo 2020, ESRGAN+). */
export function readEsrgan(shapes: TensorShapes): UpscalingNetwork | undefined {
  const layout = esrganLayout(shapes);
  const [width, inputs] = (layout && shapes.of(`${layout.first}.weight`)) ?? [];
  const dense = layout && `${layout.block(0)}.${layout.dense(0)}`;
  const growth = layout && shapes.of(`${dense}.${layout.conv(0)}.weight`)?.[0];
  const fold = Math.sqrt((inputs ?? 0) / colours);
  if (!layout || !width || !growth || !Number.isInteger(fold) || fold < 1) return undefined;
  const blocks = countOf(shapes, (at) => `${layout.block(at)}.${layout.dense(0)}.${layout.conv(0)}.weight`);
  const facts: EsrganFacts = { layout, blocks, width, growth, fold, plus: shapes.of(`${dense}.conv1x1.weight`) !== undefined };
  return {
    architecture: facts.plus ? 'ESRGAN+' : 'ESRGAN',
    scale: 2 ** layout.ups.length / fold,
    multiple: fold,
    fixedSize: false,
    emit: (g, x) => emit(g, x, facts),
  };
}

function emit(g: GraphBuilder, x: GraphValue, facts: EsrganFacts): GraphValue {
  const { layout, blocks, width, fold } = facts;
  const shallow = conv(g, layout.first, fold === 1 ? x : unshufflePixels(g, x, fold), width);
  let deep = shallow;
  for (let at = 0; at < blocks; at++) deep = residualBlock(g, layout.block(at), deep, facts);
  let features = g.op('Add', [shallow, conv(g, layout.trunk, deep, width)]);
  for (const name of layout.ups) features = leakyRelu(g, conv(g, name, repeatPixels(g, features, 2), width));
  return conv(g, layout.last, leakyRelu(g, conv(g, layout.hr, features, width)), colours);
}

function residualBlock(g: GraphBuilder, name: string, x: GraphValue, facts: EsrganFacts): GraphValue {
  return g.module(name, [x], (g, x) => {
    const made = [0, 1, 2].reduce((value, at) => denseBlock(g, facts.layout.dense(at), value, facts), x);
    return scaledSum(g, made, 0.2, x);
  });
}

function denseBlock(g: GraphBuilder, name: string, x: GraphValue, { layout, growth, width, plus }: EsrganFacts): GraphValue {
  return g.module(name, [x], (g, x) => {
    const seen = [x];
    for (let at = 0; at < 4; at++) {
      const made = leakyRelu(g, conv(g, layout.conv(at), joined(g, seen), growth));
      seen.push(plus ? withShortcut(g, at, made, seen) : made);
    }
    return scaledSum(g, conv(g, layout.conv(4), joined(g, seen), width), 0.2, x);
  });
}

/** ESRGAN+: the second convolution gets the input through a 1×1 convolution, the fourth the second's result. */
function withShortcut(g: GraphBuilder, at: number, made: GraphValue, seen: readonly GraphValue[]): GraphValue {
  if (at === 1) return g.op('Add', [made, pointwise(g, 'conv1x1', seen[0] as GraphValue, channelsOf(g, made, 1))]);
  return at === 3 ? g.op('Add', [made, seen[2] as GraphValue]) : made;
}

const pointwise = (g: GraphBuilder, name: string, x: GraphValue, width: number): GraphValue =>
  g.module(name, [x], (g, x) => g.op('Conv', [x, g.weight('weight', [width, channelsOf(g, x, 1), 1, 1])]));

const joined = (g: GraphBuilder, values: readonly GraphValue[]): GraphValue =>
  values.length === 1 ? (values[0] as GraphValue) : g.op('Concat', values, { axis: 1 });
