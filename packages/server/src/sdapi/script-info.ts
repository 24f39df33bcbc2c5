import { z } from 'zod';
import type { ExtensionScript } from './extension-script.js';

export const scriptInfoSchema = z.object({
  name: z.string(),
  is_alwayson: z.boolean(),
  is_img2img: z.boolean(),
  args: z.array(
    z.object({
      label: z.string(),
      value: z.unknown(),
      minimum: z.number().nullable(),
      maximum: z.number().nullable(),
      step: z.number().nullable(),
      choices: z.array(z.string()).nullable(),
    }),
  ),
});

export type ScriptInfo = z.output<typeof scriptInfoSchema>;
export type ScriptArg = ScriptInfo['args'][number];

/** An extension's schema as the webui tells a script's controls. */
export function scriptInfo({ title, positional, properties }: ExtensionScript): ScriptInfo {
  const args = positional.map((name) => scriptArg(name === 'enabled' ? title : name, properties[name] ?? {}));
  return { name: title.toLowerCase(), is_alwayson: true, is_img2img: false, args };
}

/** `enabled` is called as its script. */
export function scriptArg(name: string, schema: Readonly<Record<string, unknown>>): ScriptArg {
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    label: typeof schema.title === 'string' ? schema.title : name,
    value: schema.default ?? null,
    minimum: number(schema.minimum),
    maximum: number(schema.maximum),
    step: number(schema.step),
    choices: choicesOf(schema),
  };
}

/** Of a choice, or of one that is also given by its position. */
function choicesOf(schema: Readonly<Record<string, unknown>>): string[] | null {
  const items = [schema.items].filter((item): item is typeof schema => typeof item === 'object' && item !== null);
  const forms = [schema, ...items, ...(Array.isArray(schema.anyOf) ? (schema.anyOf as readonly (typeof schema)[]) : [])];
  const words = forms.find((form) => Array.isArray(form.enum))?.enum;
  return Array.isArray(words) ? words.map(String) : null;
}
