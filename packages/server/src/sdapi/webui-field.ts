import { z } from 'zod';

/** How FastAPI names a value of the wrong type. */
interface Mismatch {
  readonly msg: string;
  readonly type: string;
}

type Reader<T> = (value: unknown) => T | Mismatch;

const isMismatch = (read: unknown): read is Mismatch => typeof read === 'object' && read !== null && 'msg' in read && 'type' in read;

/**
 * A request field as the webui's API reads it: it may be missing or null, and a value is taken where Python would make the
 * type of it (`"64"` is an integer). The default is told to who reads the schema, and is filled in by `withDefaults`.
 */
function webuiField<T>(type: string, read: Reader<T>) {
  return (standard: T | null = null, description = ''): z.ZodType<T | null | undefined> => {
    // A transform would do, but its default is not told.
    const schema = z.unknown().check((payload) => {
      if (payload.value === null || payload.value === undefined) return;
      const found = read(payload.value);
      if (isMismatch(found))
        payload.issues.push({ code: 'custom', message: found.msg, params: { type: found.type }, input: payload.value });
      else payload.value = found;
    });
    const told = schema.optional().meta({ type: [type, 'null'], default: standard, ...(description && { description }) });
    return told as unknown as z.ZodType<T | null | undefined>;
  };
}

const numberOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : Number.NaN;
};

export const integerField = webuiField<number>('integer', (value) => {
  const read = typeof value === 'string' && !/^\s*[+-]?\d+\s*$/.test(value) ? Number.NaN : Math.trunc(numberOf(value));
  return Number.isFinite(read) ? read : { msg: 'value is not a valid integer', type: 'type_error.integer' };
});

export const numberField = webuiField<number>('number', (value) => {
  const read = numberOf(value);
  return Number.isFinite(read) ? read : { msg: 'value is not a valid float', type: 'type_error.float' };
});

export const textField = webuiField<string>('string', (value) => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : { msg: 'str type expected', type: 'type_error.str' };
});

const words: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'on', 't', 'y', 'yes'].map((word) => [word, true] as const),
  ...['0', 'false', 'off', 'f', 'n', 'no'].map((word) => [word, false] as const),
]);

export const flagField = webuiField<boolean>('boolean', (value) => {
  if (typeof value === 'boolean') return value;
  const read = typeof value === 'string' || typeof value === 'number' ? words.get(String(value).toLowerCase()) : undefined;
  return read ?? { msg: 'value could not be parsed to a boolean', type: 'type_error.bool' };
});

export const listField = webuiField<readonly unknown[]>('array', (value) =>
  Array.isArray(value) ? value : { msg: 'value is not a valid list', type: 'type_error.list' },
);

export const textListField = webuiField<readonly string[]>('array', (value) => {
  if (!Array.isArray(value)) return { msg: 'value is not a valid list', type: 'type_error.list' };
  const wrong = value.some((item) => typeof item !== 'string' && typeof item !== 'number');
  return wrong ? { msg: 'str type expected', type: 'type_error.str' } : value.map(String);
});

export const objectField = webuiField<Readonly<Record<string, unknown>>>('object', (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : { msg: 'value is not a valid dict', type: 'type_error.dict' },
);
