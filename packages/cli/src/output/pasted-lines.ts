import type { MissingPart, Pasted } from '@armature/core';
import { printable } from './printable.js';

/** `checkpoint "name" [hash] is not here`. */
export function missingLine({ kind, name, hash, instead }: MissingPart): string {
  const asked = `${kind} "${name}"${hash === undefined ? '' : ` [${hash}]`}`;
  return printable(instead === undefined ? `${asked} is not here` : `${asked} is not here, ${instead} is taken`);
}

/** What a text says that goes by unheard; undefined when there is nothing. */
export function unknownLine({ unknown }: Pick<Pasted, 'unknown'>): string | undefined {
  return unknown.length === 0 ? undefined : printable(`not understood: ${unknown.join(', ')}`);
}

/** The request, `field  value`, parts of it as `hires.scale  2`. */
export function requestRows(request: object, prefix = ''): readonly (readonly [field: string, value: string])[] {
  return Object.entries(request).flatMap(([name, value]: [string, unknown]) => {
    const field = `${prefix}${name}`;
    if (value === undefined || value === '') return [];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return requestRows(value, `${field}.`);
    return [[printable(field), printable(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\n', ' ⏎ ')] as const];
  });
}
