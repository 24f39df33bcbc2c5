import type { Infotext } from '@armature/sdk';

/** A value of the parameters: as it is, or beside the text that Python would write for it. */
export type DescribedValue = string | number | null | { readonly text: string; readonly value: string | number | boolean };

export type DescribedField = readonly [label: string, value: DescribedValue];

/** The parameters of one picture: what is written, and the same with the types it has. */
export interface Description {
  readonly infotext: Infotext;
  readonly values: ReadonlyMap<string, string | number | boolean | null>;
}

/** As the reference prints a boolean. */
export const pythonTrue: DescribedValue = Object.freeze({ text: 'True', value: true });

export const textOf = (value: DescribedValue): string | number | null => (typeof value === 'object' && value !== null ? value.text : value);

export const plainOf = (value: DescribedValue): string | number | boolean | null =>
  typeof value === 'object' && value !== null ? value.value : value;
