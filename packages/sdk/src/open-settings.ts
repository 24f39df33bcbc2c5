import { z } from 'zod';
import type { FieldShape, FieldValues } from './define-extension.js';
import type { StorageApi } from './tokens.js';

/** Values an extension keeps between runs. */
export interface StoredSettings<S extends FieldShape> {
  readonly values: FieldValues<S>;
  /** Changes some of them and writes all. @throws RangeError naming the field that is wrong; nothing is changed then. */
  set(changes: Partial<FieldValues<S>>): Promise<void>;
}

/**
 * The settings of an extension in one JSON file of its storage: `await openSettings(use(STORAGE), { count: field.integer(0) })`.
 * What the file does not say, or says wrongly, stands at its default; so every field needs one.
 */
export async function openSettings<const S extends FieldShape>(
  storage: StorageApi,
  fields: S,
  name = 'settings.json',
): Promise<StoredSettings<S>> {
  let values = readValues(fields, await storage.read(name));
  let writing: Promise<unknown> = Promise.resolve();
  return Object.freeze({
    get values() {
      return values;
    },
    set(changes: Partial<FieldValues<S>>) {
      const next = writing.then(async () => {
        const changed = checked(fields, { ...values, ...changes });
        await storage.write(name, new TextEncoder().encode(`${JSON.stringify(changed, null, 2)}\n`));
        values = Object.freeze(changed);
      });
      writing = next.catch(() => undefined);
      return next;
    },
  });
}

function checked<S extends FieldShape>(fields: S, given: object): FieldValues<S> {
  const parsed = z.strictObject(fields).safeParse(given);
  if (parsed.success) return parsed.data as FieldValues<S>;
  const [issue] = parsed.error.issues;
  throw new RangeError(`${issue?.path.join('.') || 'settings'}: ${issue?.message}`);
}

function readValues<S extends FieldShape>(fields: S, bytes: Uint8Array | undefined): FieldValues<S> {
  const known = parsed(bytes);
  const entries = Object.entries(fields).map(([key, schema]) => {
    const { data, success } = schema.safeParse(known[key]);
    return [key, success ? data : schema.parse(undefined)];
  });
  return Object.freeze(Object.fromEntries(entries)) as FieldValues<S>;
}

function parsed(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
