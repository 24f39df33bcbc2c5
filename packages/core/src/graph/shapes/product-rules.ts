import { addDims, multiplyDims, windowedDim } from '../dim-algebra.js';
import { illegal } from '../illegal-operator.js';
import { type Attributes, agree, fixed, floatOperand, type OpInputs, type OpOutput, showShape } from '../op-input.js';
import { broadcastShapes } from './elementwise-rules.js';

export function matMulRule(inputs: OpInputs): OpOutput {
  const a = floatOperand(inputs, 0).shape;
  const b = floatOperand(inputs, 1).shape;
  if (a.length < 2 || b.length < 2) illegal(`${showShape(a)} and ${showShape(b)} are not matrices`);
  agree(a.at(-1), b.at(-2), 'inner dimensions');
  return { type: 'float32', shape: [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!] };
}

export function gemmRule(inputs: OpInputs, { transA, transB }: Attributes): OpOutput {
  const a = floatOperand(inputs, 0, 2).shape;
  const b = floatOperand(inputs, 1, 2).shape;
  agree(a[transA ? 0 : 1], b[transB ? 1 : 0], 'inner dimensions');
  const shape = [a[transA ? 1 : 0]!, b[transB ? 0 : 1]!];
  if (inputs[2]) {
    const bias = floatOperand(inputs, 2).shape;
    if (bias.length > 2) illegal(`input 2 has shape ${showShape(bias)}, expected at most rank 2`);
    bias.forEach((dim, at) => {
      const against = shape[at + 2 - bias.length];
      if (dim !== 1) agree(dim, against, 'bias and product');
    });
  }
  return { type: 'float32', shape };
}

export function convRule(inputs: OpInputs, attributes: Attributes): OpOutput {
  const [batch, channels, ...space] = floatOperand(inputs, 0, 4).shape;
  const [out, perGroup, ...kernel] = floatOperand(inputs, 1, 4).shape;
  const {
    group = 1,
    strides = [1, 1],
    dilations = [1, 1],
    pads = [0, 0, 0, 0],
  } = attributes as {
    group?: number;
    strides?: number[];
    dilations?: number[];
    pads?: number[];
  };
  if (group === 1) agree(channels, perGroup, 'channels of input and kernel');
  else agree(channels, fixed(perGroup, 'channels of the kernel') * group, 'channels of input and kernel');
  if (group !== 1 && fixed(out, 'output channels') % group !== 0) illegal(`${out} output channels do not divide into ${group} groups`);
  if (inputs[2]) agree(floatOperand(inputs, 2, 1).shape[0], out, 'bias and output channels');
  const windows = space.map((length, axis) => {
    const reach = (fixed(kernel[axis], 'kernel') - 1) * dilations[axis]! + 1;
    const result = windowedDim(length, pads[axis]! + pads[axis + 2]!, reach, strides[axis]!);
    return typeof result === 'number' && result < 1 ? illegal(`the kernel reaches beyond ${showShape(space)}`) : result;
  });
  return { type: 'float32', shape: [batch!, out!, ...windows] };
}

/** Windows of one input, whose sides are known. */
export function maxPoolRule(inputs: OpInputs, attributes: Attributes): OpOutput {
  const [batch, channels, ...space] = floatOperand(inputs, 0, 4).shape;
  const { kernel_shape: kernel, strides = [1, 1] } = attributes as { kernel_shape: number[]; strides?: number[] };
  return {
    type: 'float32',
    shape: [batch!, channels!, ...space.map((length, axis) => windowedDim(length, 0, kernel[axis]!, strides[axis]!))],
  };
}

export function convTransposeRule(inputs: OpInputs, attributes: Attributes): OpOutput {
  const [batch, channels, ...space] = floatOperand(inputs, 0, 4).shape;
  const [seen, out, ...kernel] = floatOperand(inputs, 1, 4).shape;
  const {
    strides = [1, 1],
    pads = [0, 0, 0, 0],
    output_padding: more = [0, 0],
  } = attributes as { strides?: number[]; pads?: number[]; output_padding?: number[] };
  agree(channels, seen, 'channels of input and kernel');
  if (inputs[2]) agree(floatOperand(inputs, 2, 1).shape[0], out, 'bias and output channels');
  const spread = space.map((length, axis) => {
    const margin = fixed(kernel[axis], 'kernel') - strides[axis]! - pads[axis]! - pads[axis + 2]! + more[axis]!;
    return addDims([multiplyDims([strides[axis]!, length]), margin]);
  });
  return { type: 'float32', shape: [batch!, out!, ...spread] };
}

export function attentionRule(inputs: OpInputs, { num_heads }: Attributes): OpOutput {
  const [batch, rows, width] = floatOperand(inputs, 0, 3).shape;
  const key = floatOperand(inputs, 1, 3).shape;
  const value = floatOperand(inputs, 2, 3).shape;
  agree(width, key[2], 'widths of query and key');
  agree(key[1], value[1], 'lengths of key and value');
  for (const { shape, what } of [
    { shape: key, what: 'key' },
    { shape: value, what: 'value' },
  ]) {
    agree(batch, shape[0], `batches of query and ${what}`);
    if (fixed(shape[2], `width of the ${what}`) % (num_heads as number) !== 0)
      illegal(`width ${shape[2]} does not divide into ${num_heads} heads`);
  }
  return { type: 'float32', shape: [batch!, rows!, value[2]!] };
}
