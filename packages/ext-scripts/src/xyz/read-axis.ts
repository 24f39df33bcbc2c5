import { scriptMistake } from '../script-mistake.js';
import type { Axis, AxisValue } from './axis.js';
import { type AxisPlace, brokenValues, wholeValues } from './axis-values.js';
import { csvText, csvValues } from './csv-values.js';

/** What a client says of one axis. */
export interface AxisWish {
  readonly axis: Axis;
  /** Values as text. */
  readonly text: string;
  /** Values picked from a list. */
  readonly picked: readonly string[];
}

export interface ReadAxis {
  readonly axis: Axis;
  readonly values: readonly AxisValue[];
  /** As the parameters tell them. */
  readonly told: string;
}

/** Orders of five words are 120. */
const mostWords = 5;

/** @throws HostError SCRIPT_INVALID */
export function readAxis({ axis, text, picked }: AxisWish, csvMode: boolean, place: AxisPlace): ReadAxis {
  if (axis.kind === 'nothing') return { axis, values: [0], told: '' };
  if (axis.unbuilt !== undefined) throw scriptMistake(place.script, place.argument, `cannot be an axis: ${axis.unbuilt}`, axis.label);
  const fromList = axis.listed === true && !csvMode;
  const parts = fromList ? picked : csvValues(text);
  const values = valuesOf(axis, parts, place);
  if (values.length === 0) throw scriptMistake(place.script, place.argument, 'has no values', fromList ? picked : text);
  return { axis, values, told: fromList ? csvText(picked) : text };
}

function valuesOf({ kind }: Axis, parts: readonly string[], place: AxisPlace): readonly AxisValue[] {
  if (kind === 'whole') return wholeValues(parts, place);
  if (kind === 'broken') return brokenValues(parts, place);
  if (kind === 'word') return parts;
  if (parts.length > mostWords) {
    throw scriptMistake(place.script, place.argument, `orders at most ${mostWords} words`, `${parts.length} words`);
  }
  return ordersOf(parts);
}

/** All orders, as Python's `permutations` gives them. */
function ordersOf(words: readonly string[]): readonly (readonly string[])[] {
  if (words.length < 2) return words.length === 0 ? [] : [words];
  return words.flatMap((word, at) => ordersOf([...words.slice(0, at), ...words.slice(at + 1)]).map((order) => [word, ...order]));
}

const rounded = (value: AxisValue): AxisValue => (typeof value === 'number' ? Math.round(value * 1e8) / 1e8 : value);

/** A value as a legend writes it. Broken numbers have a decimal point, as Python prints them. */
export function legendText({ label, kind, format }: Axis, value: AxisValue): string {
  if (kind === 'nothing') return '';
  if (format === 'joined') return (value as readonly string[]).join(', ');
  if (format === 'file') return String(value).split(/[/\\]/).at(-1) ?? '';
  const short = rounded(value);
  const written = kind === 'broken' && Number.isInteger(short) ? `${short}.0` : String(short);
  return format === 'value' ? written : `${label}: ${written}`;
}
