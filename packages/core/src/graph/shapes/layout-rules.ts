import type { Dim, ElementType } from '@armature/sdk';
import { addDims, divideDims, multiplyDims } from '../dim-algebra.js';
import { illegal } from '../illegal-operator.js';
import {
  type Attributes,
  agree,
  axisOf,
  fixed,
  floatOperand,
  numbersOf,
  type OpInput,
  type OpInputs,
  type OpOutput,
  operand,
  showShape,
} from '../op-input.js';

export function reshapeRule(inputs: OpInputs): OpOutput {
  const { shape, type } = operand(inputs, 0);
  const { known, shape: target } = operand(inputs, 1, 1);
  if (!known) return target.length === 1 ? illegal('the new shape is not known while emitting') : illegal('the new shape is not a vector');
  const wanted: readonly Dim[] = known.map((dim, at) =>
    dim === 0 ? (shape[at] ?? illegal('0 copies a dimension that is not there')) : dim,
  );
  const open = wanted.indexOf(-1);
  if (open < 0) {
    agree(multiplyDims(shape), multiplyDims(wanted), 'numbers of elements');
    return { type, shape: wanted };
  }
  const others = wanted.filter((_, at) => at !== open);
  if (others.includes(-1)) illegal(`${showShape(known)} leaves two dimensions open`);
  const rest =
    divideDims(shape, others) ??
    (others.concat(shape).every((dim) => typeof dim === 'number')
      ? illegal(`${showShape(shape)} does not fit ${showShape(known)}`)
      : `(${showShape(shape)}/${showShape(others)})`.replaceAll('*', '·'));
  return { type, shape: wanted.map((dim, at) => (at === open ? rest : dim)) };
}

export function transposeRule(inputs: OpInputs, attributes: Attributes): OpOutput {
  const { shape, type } = operand(inputs, 0);
  const perm = attributes.perm as readonly number[];
  if ([...perm].sort((a, b) => a - b).some((axis, at) => axis !== at) || perm.length !== shape.length) {
    illegal(`[${perm}] does not order the axes of ${showShape(shape)}`);
  }
  return { type, shape: perm.map((axis) => shape[axis]!) };
}

export function concatRule(inputs: OpInputs, attributes: Attributes): OpOutput {
  const parts = inputs.map((_, at) => operand(inputs, at));
  const first = parts[0] ?? illegal('there is nothing to join');
  const axis = axisOf(attributes.axis as number, first.shape.length);
  for (const part of parts) {
    if (part.type !== first.type || part.shape.length !== first.shape.length) illegal('the parts differ in type or rank');
    part.shape.forEach((dim, at) => {
      if (at !== axis) agree(first.shape[at], dim, `lengths of axis ${at}`);
    });
  }
  const shape = first.shape.map((dim, at) => (at === axis ? addDims(parts.map((part) => part.shape[at]!)) : dim));
  const known = first.shape.length === 1 && parts.every((part) => part.known) ? parts.flatMap((part) => part.known!) : undefined;
  return { type: first.type, shape, ...(known && { known }) };
}

/** Ends of a slice from here on mean the end of the axis. */
const TO_THE_END = 2 ** 31 - 1;

export function sliceRule(inputs: OpInputs): OpOutput {
  const data = operand(inputs, 0);
  const axes = numbersOf(inputs, 3);
  const starts = numbersOf(inputs, 1);
  const ends = operand(inputs, 2, 1).known ?? illegal('input 2 must be known while emitting');
  const steps = inputs[4] ? numbersOf(inputs, 4) : axes.map(() => 1);
  const shape = [...data.shape];
  axes.forEach((named, at) => {
    const axis = axisOf(named, shape.length);
    shape[axis] = slicedDim(shape[axis]!, starts[at]!, ends[at]!, steps[at]!);
  });
  const end = ends[0];
  const known = steps[0] === 1 && typeof end === 'number' ? data.known?.slice(starts[0], end) : undefined;
  return { type: data.type, shape, ...(known && { known }) };
}

function slicedDim(length: Dim, start: number, end: Dim, step: number): Dim {
  if (step < 1) illegal(`step ${step} is not forward`);
  if (typeof length === 'number' && typeof end === 'number') {
    const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
    return Math.max(0, Math.ceil((clamp(end) - clamp(start)) / step));
  }
  // The last values of an axis that is long enough.
  if (start < 0 && step === 1 && typeof end === 'number' && end >= TO_THE_END) return -start;
  if (start === 0 && step === 1 && (typeof end === 'string' || end > 0)) return end;
  return `(${start}…${end} by ${step} of ${length})`.replaceAll('*', '·');
}

export function shapeRule(inputs: OpInputs, { start, end }: Attributes): OpOutput {
  const known = operand(inputs, 0).shape.slice(start as number | undefined, end as number | undefined);
  return { type: 'int64', shape: [known.length], known };
}

export function gatherRule(inputs: OpInputs, attributes: Attributes): OpOutput {
  const { shape, type } = operand(inputs, 0);
  const indices = operand(inputs, 1);
  if (indices.type !== 'int64') illegal(`indices are ${indices.type}, expected int64`);
  const axis = axisOf(attributes.axis as number, shape.length);
  return { type, shape: [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)] };
}

export function castRule(inputs: OpInputs, { to }: Attributes): OpOutput {
  const { shape, known } = operand(inputs, 0);
  return { type: to as ElementType, shape, ...(to === 'int64' && known && { known }) };
}

/** By constant factors, or to sizes. */
export function depthToSpaceRule(inputs: OpInputs, { blocksize }: Attributes): OpOutput {
  const [batch, depth, height, width] = floatOperand(inputs, 0, 4).shape;
  const block = blocksize as number;
  const channels = fixed(depth, 'channels') / block ** 2;
  if (!Number.isInteger(channels)) illegal(`${depth} channels do not divide into blocks of ${block}×${block}`);
  return { type: 'float32', shape: [batch!, channels, multiplyDims([block, height!]), multiplyDims([block, width!])] };
}

export function padRule(inputs: OpInputs): OpOutput {
  const { shape, type } = operand(inputs, 0);
  const pads = numbersOf(inputs, 1);
  if (pads.length !== 2 * shape.length) illegal(`${showShape(pads)} are not the two margins of ${shape.length} axes`);
  return { type, shape: shape.map((dim, axis) => addDims([dim, pads[axis]! + pads[axis + shape.length]!])) };
}

export function resizeRule(inputs: OpInputs): OpOutput {
  const { shape } = floatOperand(inputs, 0, 4);
  if (inputs[3]) {
    const sizes = operand(inputs, 3, 1).known ?? illegal('input 3 must be known while emitting');
    if (sizes.length !== 4) illegal(`${showShape(sizes)} are not the sizes of 4 axes`);
    return { type: 'float32', shape: sizes };
  }
  const scales = scalesOf(operand(inputs, 2, 1));
  return { type: 'float32', shape: shape.map((dim, at) => scaledDim(dim, scales[at]!)) };
}

function scalesOf({ known, type }: OpInput): readonly number[] {
  if (type !== 'float32' || known?.length !== 4) return illegal('scales must be 4 constant numbers');
  return known as readonly number[];
}

function scaledDim(dim: Dim, scale: number): Dim {
  if (typeof dim === 'number') return Math.floor(dim * scale);
  return Number.isInteger(scale) ? multiplyDims([scale, dim]) : `⌊${dim}×${scale}⌋`.replaceAll('*', '·');
}
