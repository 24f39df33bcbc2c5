import { generationRequestSchema, type RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { Command } from 'commander';
import { flagValue } from './flag-value.js';
import { fieldHelp, fieldPlaceholder, type JsonField, jsonFields } from './json-field.js';
import { kebabCase } from './kebab-case.js';

const parts = {
  hires: jsonFields(generationRequestSchema.shape.hires.unwrap()),
  refiner: jsonFields(generationRequestSchema.shape.refiner.unwrap()),
} satisfies Readonly<Record<string, Readonly<Record<string, JsonField>>>>;

export type RequestPart = keyof typeof parts;

/** Names before the point of a flag that are parts of the request; an extension of that name is reached by its whole id. */
export const requestParts: ReadonlySet<string> = new Set(Object.keys(parts));

/** `--hires.scale <x>`: one flag for each field of a part of the request. */
export function addPartFlags(command: Command, part: RequestPart): Command {
  for (const [name, field] of Object.entries<JsonField>(parts[part])) {
    const flag = `--${part}.${kebabCase(name)}`;
    command.option(`${flag}${fieldPlaceholder(field)}`, fieldHelp(field), (text: string) => flagValue(flag, text, field));
  }
  return command;
}

/** The parts the user gave any flag of. @throws HostError CLI_USAGE where a refiner has no checkpoint */
export function partsFromFlags(options: Readonly<Record<string, unknown>>): Partial<RequestInput> {
  const given: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(options)) {
    const [part = '', name] = key.split('.');
    if (name === undefined || value === undefined || !requestParts.has(part)) continue;
    given[part] = { ...given[part], [name]: value };
  }
  if (given.refiner && given.refiner.model === undefined)
    throw new HostError('CLI_USAGE', { problem: 'There is no checkpoint that could take over: give one with --refiner.model.' });
  return given as Partial<RequestInput>;
}
