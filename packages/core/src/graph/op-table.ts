import type { GraphBuilder, GraphValue, OpName } from '@armature/sdk';
import { type Attributes, type OpInputs, type OpOutput, operand } from './op-input.js';
import {
  binaryRule,
  globalAveragePoolRule,
  instanceNormalizationRule,
  layerNormalizationRule,
  softmaxRule,
  unaryRule,
} from './shapes/elementwise-rules.js';
import {
  castRule,
  concatRule,
  depthToSpaceRule,
  gatherRule,
  padRule,
  reshapeRule,
  resizeRule,
  shapeRule,
  sliceRule,
  transposeRule,
} from './shapes/layout-rules.js';
import { attentionRule, convRule, convTransposeRule, gemmRule, matMulRule, maxPoolRule } from './shapes/product-rules.js';

export type AttributeKind = 'int' | 'ints' | 'float' | 'string' | 'type';

/** One operator: what it may be given, what it gives, and how it is written into the model. */
export interface OpRow {
  readonly domain: '' | 'com.microsoft';
  readonly inputs: { readonly least: number; readonly most: number };
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  readonly required: readonly string[];
  /** Shape rule. Throws IllegalOperator. */
  shape(inputs: OpInputs, attributes: Attributes): OpOutput;
  /**
   * Room for training: emits the gradient of each input from the gradient of the output, with operators of this same
   * table. No operator has one yet.
   */
  gradient?(g: GraphBuilder, inputs: readonly GraphValue[], output: GraphValue, gradient: GraphValue): readonly (GraphValue | undefined)[];
}

interface RowOptions extends Partial<Omit<OpRow, 'shape' | 'inputs'>> {
  readonly most?: number;
}

const row = (least: number, shape: OpRow['shape'], { most = least, ...rest }: RowOptions = {}): OpRow => ({
  domain: '',
  attributes: {},
  required: [],
  ...rest,
  inputs: { least, most },
  shape,
});
const unary = row(1, unaryRule);
const binary = row(2, binaryRule);
const microsoft = 'com.microsoft' as const;

/** The closed table: every operator a network may be made of. ONNX opset 18. */
export const opTable: Readonly<Record<OpName, OpRow>> = {
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Pow: binary,
  Min: binary,
  Max: binary,
  Neg: unary,
  Abs: unary,
  Sqrt: unary,
  Exp: unary,
  Sin: unary,
  Cos: unary,
  Tanh: unary,
  Sigmoid: unary,
  Relu: unary,
  Erf: unary,
  Identity: row(1, (inputs) => operand(inputs, 0)),
  LeakyRelu: row(1, unaryRule, { attributes: { alpha: 'float' }, required: ['alpha'] }),
  PRelu: binary,
  QuickGelu: row(1, unaryRule, { domain: microsoft, attributes: { alpha: 'float' }, required: ['alpha'] }),
  Gelu: row(1, unaryRule, { domain: microsoft }),
  Softmax: row(1, softmaxRule, { attributes: { axis: 'int' }, required: ['axis'] }),
  MatMul: row(2, matMulRule),
  Gemm: row(2, gemmRule, { most: 3, attributes: { transA: 'int', transB: 'int', alpha: 'float', beta: 'float' } }),
  Conv: row(2, convRule, { most: 3, attributes: { strides: 'ints', pads: 'ints', dilations: 'ints', group: 'int' } }),
  ConvTranspose: row(2, convTransposeRule, { most: 3, attributes: { strides: 'ints', pads: 'ints', output_padding: 'ints' } }),
  MaxPool: row(1, maxPoolRule, { attributes: { kernel_shape: 'ints', strides: 'ints' }, required: ['kernel_shape'] }),
  Pad: row(2, padRule, { attributes: { mode: 'string' }, required: ['mode'] }),
  InstanceNormalization: row(3, instanceNormalizationRule, { attributes: { epsilon: 'float' }, required: ['epsilon'] }),
  GlobalAveragePool: row(1, globalAveragePoolRule),
  LayerNormalization: row(2, layerNormalizationRule, {
    most: 3,
    attributes: { axis: 'int', epsilon: 'float' },
    required: ['axis', 'epsilon'],
  }),
  Reshape: row(2, reshapeRule),
  Transpose: row(1, transposeRule, { attributes: { perm: 'ints' }, required: ['perm'] }),
  Concat: row(1, concatRule, { most: 64, attributes: { axis: 'int' }, required: ['axis'] }),
  Slice: row(4, sliceRule, { most: 5 }),
  Shape: row(1, shapeRule, { attributes: { start: 'int', end: 'int' } }),
  Gather: row(2, gatherRule, { attributes: { axis: 'int' }, required: ['axis'] }),
  Cast: row(1, castRule, { attributes: { to: 'type' }, required: ['to'] }),
  DepthToSpace: row(1, depthToSpaceRule, { attributes: { blocksize: 'int', mode: 'string' }, required: ['blocksize', 'mode'] }),
  Resize: row(3, resizeRule, {
    most: 4,
    attributes: { mode: 'string', coordinate_transformation_mode: 'string', nearest_mode: 'string' },
    required: ['mode', 'coordinate_transformation_mode'],
  }),
  MultiHeadAttention: row(3, attentionRule, {
    domain: microsoft,
    attributes: { num_heads: 'int', scale: 'float', unidirectional: 'int' },
    required: ['num_heads'],
  }),
};
