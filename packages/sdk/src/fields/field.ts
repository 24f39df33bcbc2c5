import { z } from 'zod';
import type { ContributionKind } from '../contributions/kinds.js';
import { localise, type Text } from '../text.js';
import { isRaster, type Raster } from '../values/raster.js';

/** What a field knows beyond its type; kept as zod metadata, so it shows in the JSON Schema too. */
export interface FieldMeta {
  /** Label in forms. */
  readonly title?: string;
  readonly description?: string;
  /** Both in every language they were given in; see `localiseSchema`. */
  readonly texts?: { readonly title?: Text; readonly description?: Text };
  /** Key in the infotext; a value that is not the default is written there and read back on paste. */
  readonly infotext?: string;
  /** How a form shows it, where the type does not say. */
  readonly widget?: 'image' | 'model' | 'prompt' | 'multiline';
  /** Model kind of a `model` field: `checkpoint`, `vae`, `lora`… */
  readonly modelKind?: string;
  /** Contribution kind whose names a `choice` offers. */
  readonly source?: ContributionKind;
  /** Step of a slider. */
  readonly step?: number;
}

/** A zod schema that can also be labelled. Any other zod schema with a JSON form may stand in its place. */
export type Field<S extends z.ZodType = z.ZodType> = S & {
  /** Label in forms, in English or in several languages: `{ en: 'Amount', de: 'Stärke' }`. */
  label(text: Text): Field<S>;
  describe(text: Text): Field<S>;
  /** Writes values that are not the default to the infotext under this key, and reads them back. */
  infotext(key: string): Field<S>;
};

interface Range {
  readonly min?: number;
  readonly max?: number;
  /** Step of a slider; values between are legal. */
  readonly step?: number;
}

function fieldOf<S extends z.ZodType>(schema: S, meta: FieldMeta = {}): Field<S> {
  const own = schema.meta({ ...schema.meta(), ...meta });
  return Object.assign(own, {
    label: (title: Text) => fieldOf(schema, worded(meta, { title })),
    infotext: (infotext: string) => fieldOf(schema, { ...meta, infotext }),
    describe: (description: Text) => fieldOf(schema, worded(meta, { description })),
  }) as Field<S>;
}

/** English stands where every reader of JSON Schema looks. */
function worded(meta: FieldMeta, words: NonNullable<FieldMeta['texts']>): FieldMeta {
  const english = Object.fromEntries(Object.entries(words).map(([key, text]) => [key, localise(text)]));
  const { texts: before, ...plain } = meta;
  const texts = Object.fromEntries(Object.entries({ ...before, ...words }).filter(([, text]) => typeof text !== 'string'));
  return { ...plain, ...english, ...(Object.keys(texts).length > 0 ? { texts } : {}) };
}

const ranged = (schema: z.ZodNumber, { min, max }: Range): z.ZodNumber => {
  const above = min === undefined ? schema : schema.min(min);
  return max === undefined ? above : above.max(max);
};
const stepOf = ({ step }: Range): FieldMeta => (step === undefined ? {} : { step });

/** A list's first word is its default. */
function choice<const T extends readonly [string, ...string[]]>(
  options: T,
  defaultValue?: T[number],
): Field<z.ZodDefault<z.ZodEnum<{ [K in T[number]]: K }>>>;
/** Names of what is contributed under a kind: `{ source: 'upscaler' }`. */
function choice(options: { readonly source: ContributionKind }, defaultValue?: string): Field<z.ZodDefault<z.ZodString>>;
function choice(options: readonly [string, ...string[]] | { readonly source: ContributionKind }, defaultValue?: string): Field {
  if ('source' in options) return fieldOf(z.string().default(defaultValue ?? ''), { source: options.source });
  return fieldOf(z.enum(options).default(defaultValue ?? options[0]));
}

/** A choice that webui clients also give by its position, from 0 (gradio's `type="index"`). */
function indexed<const T extends readonly [string, ...string[]]>(options: T, defaultValue: T[number] = options[0]) {
  const position = z
    .int()
    .min(0)
    .max(options.length - 1)
    .transform((index): T[number] => options[index] as T[number]);
  return fieldOf(z.union([z.enum(options), position]).default(defaultValue as never) as unknown as z.ZodDefault<z.ZodType<T[number]>>);
}

/** Schemas for options and arguments: zod with a default, a label, and what zod lacks. */
export const field = Object.freeze({
  number: (defaultValue: number, range: Range = {}) => fieldOf(ranged(z.number(), range).default(defaultValue), stepOf(range)),
  integer: (defaultValue: number, range: Range = {}) => fieldOf(ranged(z.int(), range).default(defaultValue), stepOf(range)),
  boolean: (defaultValue = false) => fieldOf(z.boolean().default(defaultValue)),
  text: (defaultValue = '', options: { readonly multiline?: boolean } = {}) =>
    fieldOf(z.string().default(defaultValue), options.multiline ? { widget: 'multiline' } : {}),
  choice,
  indexed,
  /** A picture, decoded before the job starts; clients send base64. Null: none. */
  image: () =>
    fieldOf(
      z
        .unknown()
        .refine((value) => value === null || isRaster(value), 'is not a picture')
        .default(null)
        .meta({ type: 'string', contentEncoding: 'base64' }) as unknown as z.ZodDefault<z.ZodType<Raster | null>>,
      { widget: 'image' },
    ),
  /** The name of a model file of a kind. Empty: none. */
  model: (kind: string, defaultValue = '') => fieldOf(z.string().default(defaultValue), { widget: 'model', modelKind: kind }),
  /** Anything JSON can say, or a value of ours; the extension reads it. Null: nothing. */
  json: () => fieldOf(z.unknown().default(null)),
  /** Several fields in one; names that are not among them are left out. `check` says what is wrong with them together. */
  object: <S extends z.ZodRawShape>(shape: S, check: (value: z.output<z.ZodObject<S>>) => string | undefined = () => undefined) =>
    fieldOf(
      z.object(shape).superRefine((value, ctx) => {
        const problem = check(value as z.output<z.ZodObject<S>>);
        if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
      }),
    ),
  /** Some of several words. */
  choices: <const T extends readonly [string, ...string[]]>(options: T, defaultValue: readonly T[number][] = []) =>
    fieldOf(z.array(z.enum(options)).default(defaultValue as never) as unknown as z.ZodDefault<z.ZodType<readonly T[number][]>>),
  list: <S extends z.ZodType>(inner: S) => fieldOf(z.array(inner).default([])),
  /** Prompt text, with the prompt box's help. */
  prompt: (defaultValue = '') => fieldOf(z.string().default(defaultValue), { widget: 'prompt' }),
});
