import type { ExtensionDefinition } from '../define-extension.js';
import { type ArgValues, argsShape, defaultArgs } from './args-schema.js';
import { fieldMeta } from './field-meta.js';
import { textToValue, valueToText } from './value-text.js';

/** Shown name of an extension: its webui title, or its id's last part in words. */
export function extensionTitle(id: string, definition: ExtensionDefinition): string {
  const words = (id.split('.').at(-1) ?? id).replaceAll('-', ' ');
  return definition.a1111?.title ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Infotext key → argument name. An extension with any also owns its title, which says `on` or `off` when that is not the
 * default; one with an `enabledKey` has that in front instead.
 */
export function infotextKeys(id: string, definition: ExtensionDefinition): ReadonlyMap<string, string> {
  const { enabledKey } = definition.a1111 ?? {};
  const keys = new Map<string, string>(enabledKey === undefined ? [] : [[enabledKey, 'enabled']]);
  for (const [name, schema] of Object.entries(definition.args ?? {})) {
    const { infotext } = fieldMeta(schema);
    if (infotext !== undefined) keys.set(infotext, name);
  }
  if (keys.size > 0 && enabledKey === undefined) keys.set(extensionTitle(id, definition), 'enabled');
  return keys;
}

/** What the infotext of a picture says of one extension: labelled arguments that are not the default, or all (`a1111.enabledKey`). */
export function argsToInfotext(id: string, definition: ExtensionDefinition, args: ArgValues): ReadonlyMap<string, string> {
  return new Map([...toldArgs(id, definition, args)].map(([key, { text }]) => [key, text]));
}

/** The same with the values beside their texts; what is no string, number or boolean is its text. */
export function toldArgs(id: string, definition: ExtensionDefinition, args: ArgValues): ReadonlyMap<string, ToldArg> {
  const defaults = defaultArgs(definition);
  const fields = new Map<string, ToldArg>();
  const { enabledKey } = definition.a1111 ?? {};
  const all = enabledKey !== undefined && args.enabled === true;
  for (const [key, name] of infotextKeys(id, definition)) {
    const value = args[name];
    if (value === undefined || value === null || (!all && JSON.stringify(value) === JSON.stringify(defaults[name]))) continue;
    if (name === 'enabled') fields.set(key, enabledKey === undefined ? told(value ? 'on' : 'off') : told(value));
    else if (args.enabled !== false && fieldMeta(argsShape(definition)[name]!).widget !== 'image') fields.set(key, told(value));
  }
  return fields;
}

/** An argument as a parameters text says it, and as it is. */
export interface ToldArg {
  readonly text: string;
  readonly value: string | number | boolean;
}

function told(value: unknown): ToldArg {
  const text = valueToText(value);
  return { text, value: typeof value === 'number' || typeof value === 'boolean' ? value : text };
}

/** The arguments a pasted infotext holds for one extension; undefined when it does not mention it. */
export function argsFromInfotext(id: string, definition: ExtensionDefinition, fields: ReadonlyMap<string, unknown>): ArgValues | undefined {
  const shape = argsShape(definition);
  const args: Record<string, unknown> = {};
  for (const [key, name] of infotextKeys(id, definition)) {
    const value = fields.get(key);
    if (value !== undefined && value !== null) args[name] = textToValue(shape[name]!, String(value));
  }
  return Object.keys(args).length > 0 ? args : undefined;
}
