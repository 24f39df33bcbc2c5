import type { Infotext } from '@armature/sdk';

/** A parameter that two pictures do not share; undefined where one does not have it. */
export interface ParameterDifference {
  readonly field: string;
  readonly given: string | undefined;
  readonly made: string | undefined;
}

/** What differs between two parameters texts, in the order of the first. Numbers that only look different are equal. */
export function compareParameters(given: Infotext, made: Infotext): readonly ParameterDifference[] {
  const [first, second] = [valuesOf(given), valuesOf(made)];
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((field) => ({ field, given: first.get(field), made: second.get(field) }))
    .filter((pair) => !isSame(pair.given, pair.made));
}

const valuesOf = ({ prompt, negativePrompt, fields }: Infotext): ReadonlyMap<string, string> =>
  new Map([
    ['Prompt', prompt],
    ['Negative prompt', negativePrompt],
    ...[...fields].filter(([, value]) => value !== null).map(([key, value]): [string, string] => [key, String(value)]),
  ]);

/** `7` and `7.0` say the same. */
function isSame(left: string | undefined, right: string | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined || left.trim() === '' || right.trim() === '') return false;
  return Number(left) === Number(right);
}
