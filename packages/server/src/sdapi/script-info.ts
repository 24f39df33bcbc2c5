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
function scriptArg(name: string, schema: Readonly<Record<string, unknown>>): ScriptArg {
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    label: typeof schema.title === 'string' ? schema.title : name,
    value: schema.default ?? null,
    minimum: number(schema.minimum),
    maximum: number(schema.maximum),
    step: number(schema.step),
    choices: Array.isArray(schema.enum) ? schema.enum.map(String) : null,
  };
}
