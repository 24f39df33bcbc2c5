import type { Parameters, ParameterValue } from './parameters.js';

/** Reads parameters and remembers which were understood. */
export class FieldReader {
  readonly #fields: Parameters;
  readonly #understood = new Set<string>();

  constructor(fields: Parameters) {
    this.#fields = fields;
  }

  has(key: string): boolean {
    return this.#fields.has(key);
  }

  raw(key: string): ParameterValue | undefined {
    return this.#fields.get(key);
  }

  /** Undefined for one that is missing or empty. */
  text(key: string): string | undefined {
    const value = this.#fields.get(key);
    if (value === undefined) return undefined;
    this.understand(key);
    const text = String(value).trim();
    return text === '' ? undefined : text;
  }

  /** Undefined for one that is missing; one that is no number stays not understood. */
  number(key: string): number | undefined {
    const text = String(this.#fields.get(key) ?? '').trim();
    const value = Number(text);
    if (text === '' || !Number.isFinite(value)) return undefined;
    this.understand(key);
    return value;
  }

  understand(key: string): void {
    this.#understood.add(key);
  }

  /** Those of `keys`, as the text wrote them, that nobody has understood; a size counts by its halves. */
  strangers(keys: Iterable<string>): readonly string[] {
    return [...keys].filter((key) => !this.#understood.has(key) && !this.#understood.has(`${key}-1`));
  }
}
