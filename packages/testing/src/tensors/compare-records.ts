import type { Statistic, TensorRecord } from './tensor-record.js';

const listed = 5;
const same = (a: number, b: number, tolerance: number): boolean => Object.is(a, b) || Math.abs(a - b) <= tolerance;

/** How a tensor differs from the one that was recorded, in lines; none when it is within `tolerance` of it, value for value and in its statistics. */
export function compareRecords(found: TensorRecord, recorded: TensorRecord, tolerance: number): readonly string[] {
  if (found.shape.join() !== recorded.shape.join())
    return [`shape: recorded [${recorded.shape.join(', ')}], found [${found.shape.join(', ')}]`];
  const { every, values } = recorded;
  if (every !== found.every || values.length !== found.values.length) {
    return [`values: recorded ${values.length}, every ${every}; found ${found.values.length}, every ${found.every}`];
  }
  const lines = statisticLines(found, recorded, tolerance);
  const wrong = values.flatMap((value, i) => (same(found.values[i] as number, value, tolerance) ? [] : [i]));
  if (wrong.length === 0) return lines;
  const apart = (i: number): number => Math.abs((found.values[i] as number) - (values[i] as number));
  const furthest = wrong.reduce((most, i) => (apart(i) > apart(most) ? i : most), wrong[0] as number);
  const line = (i: number): string =>
    `  [${place(i * every, recorded.shape)}]: recorded ${values[i]}, found ${Number(found.values[i]?.toPrecision(7))}`;
  const shown = [furthest, ...wrong.filter((i) => i !== furthest)].slice(0, listed);
  lines.push(`${wrong.length} of ${values.length} values are further off than ${tolerance}, at most by ${apart(furthest).toPrecision(3)}:`);
  return [...lines, ...shown.map(line), ...(wrong.length > listed ? [`  and ${wrong.length - listed} more`] : [])];
}

function statisticLines(found: TensorRecord, recorded: TensorRecord, tolerance: number): string[] {
  return (Object.keys(recorded.statistics) as Statistic[]).flatMap((name) => {
    const [now, before] = [found.statistics[name], recorded.statistics[name]];
    return same(now, before, tolerance) ? [] : [`${name}: recorded ${before}, found ${Number(now.toPrecision(7))}`];
  });
}

/** A flat index as indices, outermost first. */
function place(index: number, shape: readonly number[]): string {
  const at: number[] = [];
  let rest = index;
  for (const dim of [...shape].reverse()) {
    at.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return at.join(', ');
}
