import { type GenerationRequest, isHostError } from '@armature/sdk';
import { scriptMistake } from '../script-mistake.js';
import type { Axis, AxisValue } from './axis.js';
import type { ReadAxis } from './read-axis.js';

/** One picture of a plot. */
export interface PlotCell {
  /** Column, row and grid. */
  readonly at: readonly [x: number, y: number, z: number];
  readonly request: GenerationRequest;
}

export interface PlotAxes {
  readonly x: ReadAxis;
  readonly y: ReadAxis;
  readonly z: ReadAxis;
}

/** Which axes move the seed on. */
export type VariedSeeds = readonly [x: boolean, y: boolean, z: boolean];

/** The requests of a plot, column by column, row by row, grid by grid. @throws HostError SCRIPT_INVALID */
export function plotCells(script: string, request: GenerationRequest, { x, y, z }: PlotAxes, varied: VariedSeeds): readonly PlotCell[] {
  const [width, height] = [varied[0] ? x.values.length : 1, varied[1] ? y.values.length : 1];
  return z.values.flatMap((zValue, iz) =>
    y.values.flatMap((yValue, iy) =>
      x.values.map((xValue, ix): PlotCell => {
        let own = applied(script, request, 'X', x, xValue);
        own = applied(script, own, 'Y', y, yValue);
        own = applied(script, own, 'Z', z, zValue);
        const further = (varied[0] ? ix : 0) + (varied[1] ? iy * width : 0) + (varied[2] ? iz * width * height : 0);
        return { at: [ix, iy, iz], request: further === 0 ? own : { ...own, seed: own.seed + further } };
      }),
    ),
  );
}

function applied(
  script: string,
  request: GenerationRequest,
  side: string,
  { axis, values }: ReadAxis,
  value: AxisValue,
): GenerationRequest {
  try {
    return axis.apply ? axis.apply(request, value as never, values) : request;
  } catch (error) {
    if (isHostError(error)) throw error;
    throw scriptMistake(script, `${side} ${axis.label}`, error instanceof Error ? error.message : String(error), value);
  }
}

const costOf = ({ cost = 0 }: Axis): number => cost;

/** In the order they are made: the dearest axis changes least often. */
export function inMakingOrder(cells: readonly PlotCell[], { x, y, z }: PlotAxes): readonly PlotCell[] {
  const sides = [
    { place: 2, cost: costOf(z.axis) },
    { place: 1, cost: costOf(y.axis) },
    { place: 0, cost: costOf(x.axis) },
  ].sort((a, b) => b.cost - a.cost);
  return [...cells].sort((a, b) => {
    for (const { place } of sides) {
      const difference = (a.at[place] as number) - (b.at[place] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}
