import { generationRequestSchema, type RequestInput } from '@armature/core';
import type { Command } from 'commander';
import { flagValue } from './flag-value.js';
import { fieldHelp, fieldPlaceholder, jsonFields } from './json-field.js';
import { kebabCase } from './kebab-case.js';

/** Fields with a shorter name on the command line. */
const shortNames: Readonly<Record<string, string>> = {
  negativePrompt: 'negative',
  cfgScale: 'cfg',
  batchSize: 'batch',
  iterations: 'count',
};
const placeholders: Readonly<Record<string, string>> = { sampler: ' <name>', scheduler: ' <name>', model: ' <name>' };
/** Fields that are no flag of their own: an argument, `--size`, `--set` and the extensions' flags. */
const apart = new Set(['prompt', 'width', 'height', 'hires', 'refiner', 'init', 'script', 'settings', 'extensions']);

const fields = Object.entries(jsonFields(generationRequestSchema)).filter(([name]) => !apart.has(name));

/** One flag for each field of the request schema, with its description, bounds and default. */
export function addRequestFlags(command: Command): Command {
  for (const [name, field] of fields) {
    const flag = `--${shortNames[name] ?? kebabCase(name)}`;
    const parse = (text: string): unknown => flagValue(flag, text, field);
    if (field.type === 'boolean') command.option(flag, fieldHelp(field));
    else command.option(`${flag}${placeholders[name] ?? fieldPlaceholder(field)}`, fieldHelp(field), parse);
  }
  return command;
}

/** The fields the user gave, by their request names. */
export function requestFromFlags(options: Readonly<Record<string, unknown>>): Partial<RequestInput> {
  const given = fields.map(([name]) => [name, options[shortNames[name] ?? name]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}
