import type { Contributed } from '@armature/core';
import { toJsonSchema } from '@armature/sdk/host';
import type { Terminal } from '../terminal.js';
import { printable } from './printable.js';
import { table } from './table.js';

interface SetField {
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Preprocessors by name, each with what may be set and the file it needs; `--json`: their fields as JSON Schema. */
export function printPreprocessors(all: readonly Contributed<'preprocessor'>[], { stdout }: Terminal, json: boolean): void {
  const sorted = all.toSorted((a, b) => (a.value.name < b.value.name ? -1 : 1));
  if (json) {
    const rows = sorted.map(({ id, value: { name, label, tags = [], file, masked = false, fields = {} } }) => ({
      id,
      name,
      label,
      tags,
      file,
      masked,
      fields: toJsonSchema(id, fields),
    }));
    stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const rows = sorted.map(({ owner, value: { name, label, file, masked, fields = {} } }) => {
    const { properties } = toJsonSchema(owner, fields) as { readonly properties: Readonly<Record<string, SetField>> };
    const set = Object.entries(properties).map(([key, field]) => `${key}=${String(field.default ?? '')}${boundsOf(field)}`);
    const needs = [...(masked ? ['--mask'] : []), ...(file === undefined ? [] : [file])];
    return [name, label ?? '', owner, needs.join(', '), set.join(' ')];
  });
  stdout.write(printable(table([['NAME', 'LABEL', 'FROM', 'NEEDS', 'SET'], ...rows])));
}

const boundsOf = ({ minimum, maximum }: SetField): string =>
  minimum === undefined || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` (${minimum}…${maximum})`;
