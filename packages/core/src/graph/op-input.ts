import type { Dim, ElementType, GraphValue } from '@armature/sdk';
import { illegal } from './illegal-operator.js';

/** An operand as shape rules see it: the value, and its numbers where they are known while emitting (shapes, axes). */
export interface OpInput extends GraphValue {
  /** Contents of an int64 vector; a dimension of a value whose size is only known at run time is its name. */
  readonly known: readonly Dim[] | undefined;
}

/** What an operator gives. */
export interface OpOutput {
  readonly type: ElementType;
  readonly shape: readonly Dim[];
  readonly known?: readonly Dim[];
}

export type OpInputs = readonly (OpInput | undefined)[];
export type AttributeValue = number | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export const showShape = (shape: readonly Dim[]): string => `[${shape.join(',')}]`;

/** Operand number `at`. */
export function operand(inputs: OpInputs, at: number, rank?: number): OpInput {
  const input = inputs[at];
  if (!input) return illegal(`input ${at} is missing`);
  if (rank !== undefined && input.shape.length !== rank) illegal(`input ${at} has shape ${showShape(input.shape)}, expected rank ${rank}`);
  return input;
}

/** Operand number `at` that must be numbers of float32. */
export function floatOperand(inputs: OpInputs, at: number, rank?: number): OpInput {
  const input = operand(inputs, at, rank);
  if (input.type !== 'float32') illegal(`input ${at} is ${input.type}, expected float32`);
  return input;
}

/** Contents of operand `at`, all of them numbers. */
export function numbersOf(inputs: OpInputs, at: number): readonly number[] {
  const { known } = operand(inputs, at);
  if (!known?.every((item) => typeof item === 'number')) return illegal(`input ${at} must be constant`);
  return known as readonly number[];
}

/** A dimension that must be a number while emitting. */
export function fixed(dim: Dim | undefined, what: string): number {
  return typeof dim === 'number' ? dim : illegal(`${what} must be fixed, it is ${dim ?? 'absent'}`);
}

/** Refuses two lengths that are known to differ. */
export function agree(a: Dim | undefined, b: Dim | undefined, what: string): void {
  if (a === undefined || b === undefined || (typeof a === 'number' && typeof b === 'number' && a !== b)) {
    illegal(`${what} do not agree: ${a ?? 'absent'} and ${b ?? 'absent'}`);
  }
}

/** A negative axis counted from the end. */
export function axisOf(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  return Number.isInteger(at) && at >= 0 && at < rank ? at : illegal(`axis ${axis} is not within rank ${rank}`);
}
