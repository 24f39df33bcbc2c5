import { scriptMistake } from '../script-mistake.js';

/** More values than this of one axis are refused before they are written out. */
const mostValues = 1000;

const whole = /^\s*([+-]?\s*\d+)\s*-\s*([+-]?\s*\d+)(?:\s*\(([+-]\d+)\s*\))?\s*$/;
const wholeCount = /^\s*([+-]?\s*\d+)\s*-\s*([+-]?\s*\d+)(?:\s*\[(\d+)\s*\])?\s*$/;
const broken = /^\s*([+-]?\s*\d+(?:.\d*)?)\s*-\s*([+-]?\s*\d+(?:.\d*)?)(?:\s*\(([+-]\d+(?:.\d*)?)\s*\))?\s*$/;
const brokenCount = /^\s*([+-]?\s*\d+(?:.\d*)?)\s*-\s*([+-]?\s*\d+(?:.\d*)?)(?:\s*\[(\d+(?:.\d*)?)\s*\])?\s*$/;

/** Where a mistake is told to be. */
export interface AxisPlace {
  readonly script: string;
  /** `X Steps` */
  readonly argument: string;
}

/** `1-5`, `1-10 (+2)`, `1-10 [3]` and plain numbers → whole numbers. @throws HostError SCRIPT_INVALID */
export function wholeValues(parts: readonly string[], place: AxisPlace): readonly number[] {
  return limited(
    parts.filter((part) => part.trim() !== '').map((part) => wholeRange(part, place)),
    place,
  );
}

/** The same with broken numbers; `0-1 (+0.25)` takes its end in, and what a step beyond it begins. @throws HostError SCRIPT_INVALID */
export function brokenValues(parts: readonly string[], place: AxisPlace): readonly number[] {
  return limited(
    parts.filter((part) => part.trim() !== '').map((part) => brokenRange(part, place)),
    place,
  );
}

function wholeRange(part: string, place: AxisPlace): Iterable<number> {
  const stepped = whole.exec(part);
  if (stepped) {
    const [start, end, step] = numbers(stepped, 1);
    if (step === 0) throw scriptMistake(place.script, place.argument, 'has a range whose step is 0', part);
    return ranged(Math.ceil((end + 1 - start) / step), (index) => start + index * step);
  }
  const counted = wholeCount.exec(part);
  if (counted) return spaced(counted, Math.trunc);
  const value = Number(part);
  if (Number.isInteger(value)) return [value];
  throw scriptMistake(place.script, place.argument, 'takes whole numbers, 1-5, 1-10 (+2) or 1-10 [3]', part);
}

function brokenRange(part: string, place: AxisPlace): Iterable<number> {
  const stepped = broken.exec(part);
  if (stepped) {
    const [start, end, step] = numbers(stepped, 1);
    if (step === 0) throw scriptMistake(place.script, place.argument, 'has a range whose step is 0', part);
    return ranged(Math.ceil((end + step - start) / step), (index) => start + index * step);
  }
  const counted = brokenCount.exec(part);
  if (counted) return spaced(counted, (value) => value);
  const value = Number(part);
  if (Number.isFinite(value)) return [value];
  throw scriptMistake(place.script, place.argument, 'takes numbers, 1-2 (+0.5) or 1-10 [3]', part);
}

function numbers([, start, end, third]: RegExpExecArray, without: number): readonly [number, number, number] {
  const read = (text: string | undefined): number => (text === undefined ? without : Number(text.replaceAll(/\s/g, '')));
  return [read(start), read(end), read(third)];
}

/** Evenly spaced, both ends among them (`numpy.linspace`). */
function spaced(match: RegExpExecArray, round: (value: number) => number): Iterable<number> {
  const [start, end, count] = numbers(match, 1);
  const step = count > 1 ? (end - start) / (Math.trunc(count) - 1) : 0;
  return ranged(Math.trunc(count), (index) => round(index > 0 && index === Math.trunc(count) - 1 ? end : start + index * step));
}

function* ranged(count: number, at: (index: number) => number): Iterable<number> {
  for (let index = 0; index < count; index++) yield at(index);
}

function limited(ranges: readonly Iterable<number>[], place: AxisPlace): readonly number[] {
  const values: number[] = [];
  for (const range of ranges) {
    for (const value of range) {
      values.push(value);
      if (values.length > mostValues)
        throw scriptMistake(place.script, place.argument, `has more than ${mostValues} values`, `${mostValues} and more`);
    }
  }
  return values;
}
