import type { Dim } from '@armature/sdk';
import { illegal } from '../illegal-operator.js';
import { type Attributes, agree, axisOf, floatOperand, type OpInputs, type OpOutput, operand, showShape } from '../op-input.js';

/**
 * The shape two operands broadcast to. A named dimension may be 1 at run time, so it goes with every other one; of two
 * names the first operand's is kept.
 */
export function broadcastShapes(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, at) => {
    const left = a[at - rank + a.length] ?? 1;
    const right = b[at - rank + b.length] ?? 1;
    if (left === 1) return right;
    if (right === 1 || left === right) return left;
    if (typeof left === 'number' && typeof right === 'number') illegal(`${showShape(a)} and ${showShape(b)} do not broadcast`);
    return typeof right === 'number' ? right : left;
  });
}

export const unaryRule = (inputs: OpInputs): OpOutput => ({ type: 'float32', shape: floatOperand(inputs, 0).shape });

export function binaryRule(inputs: OpInputs): OpOutput {
  const a = operand(inputs, 0);
  const b = operand(inputs, 1);
  if (a.type !== b.type || a.type === 'bool') illegal(`operands are ${a.type} and ${b.type}`);
  return { type: a.type, shape: broadcastShapes(a.shape, b.shape) };
}

export function softmaxRule(inputs: OpInputs, { axis }: Attributes): OpOutput {
  const { shape } = floatOperand(inputs, 0);
  axisOf(axis as number, shape.length);
  return { type: 'float32', shape };
}

/** Scale and bias along the channels, axis 1. */
export function globalAveragePoolRule(inputs: OpInputs): OpOutput {
  const { shape } = floatOperand(inputs, 0);
  if (shape.length < 3) illegal(`input 0 has shape ${showShape(shape)}, expected [n,c,…]`);
  return { type: 'float32', shape: shape.map((dim, axis) => (axis < 2 ? dim : 1)) };
}

export function instanceNormalizationRule(inputs: OpInputs): OpOutput {
  const { shape } = floatOperand(inputs, 0);
  if (shape.length < 3) illegal(`input 0 has shape ${showShape(shape)}, expected [n,c,…]`);
  agree(floatOperand(inputs, 1, 1).shape[0], shape[1], 'scale and channels');
  agree(floatOperand(inputs, 2, 1).shape[0], shape[1], 'bias and channels');
  return { type: 'float32', shape };
}

/** Scale and bias over the axes that are normalised. */
export function layerNormalizationRule(inputs: OpInputs, { axis }: Attributes): OpOutput {
  const { shape } = floatOperand(inputs, 0);
  const over = shape.slice(axisOf(axis as number, shape.length));
  for (const at of inputs[2] ? [1, 2] : [1]) {
    const affine = floatOperand(inputs, at, over.length).shape;
    over.forEach((dim, index) => {
      agree(affine[index], dim, `input ${at} and the normalised axes`);
    });
  }
  return { type: 'float32', shape };
}
