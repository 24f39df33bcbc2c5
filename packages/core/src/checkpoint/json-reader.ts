export type JsonValue = string | number | boolean | null | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

const MAX_DEPTH = 16;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;

/**
 * JSON (RFC 8259) read one value at a time. Unlike `JSON.parse` it refuses a name that occurs twice in an object, keeps
 * objects as maps (so `__proto__` is a name like any other), and lets the caller pause between members.
 */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** How many characters were read. */
  get position(): number {
    return this.#at;
  }

  /** Members of the object that starts here, one at a time. @throws SyntaxError. */
  *members(depth = 0): Generator<readonly [string, JsonValue]> {
    this.#expect('{');
    const seen = new Set<string>();
    if (this.#skipIf('}')) return;
    do {
      const name = this.#string();
      if (seen.has(name)) throw new SyntaxError(`the name "${name}" occurs twice`);
      seen.add(name);
      this.#expect(':');
      yield [name, this.#value(depth + 1)];
    } while (this.#skipIf(','));
    this.#expect('}');
  }

  /** Only white space may follow. @throws SyntaxError. */
  end(): void {
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#error('the end');
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new SyntaxError(`values are nested more than ${MAX_DEPTH} deep`);
    this.#match(SPACE);
    const start = this.#text[this.#at];
    if (start === '"') return this.#string();
    if (start === '{') return new Map(this.members(depth));
    if (start === '[') return this.#array(depth);
    const literal = this.#match(LITERAL);
    if (literal) return literal === 'null' ? null : literal === 'true';
    const number = this.#match(NUMBER);
    if (!number) throw this.#error('a value');
    return Number(number);
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#expect('[');
    if (this.#skipIf(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#skipIf(','));
    this.#expect(']');
    return items;
  }

  #string(): string {
    this.#match(SPACE);
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#error('a string');
    const end = this.#closingQuote(start);
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      this.#at = start;
      throw this.#error('a well-formed string');
    }
  }

  #closingQuote(start: number): number {
    for (let end = this.#text.indexOf('"', start + 1); end !== -1; end = this.#text.indexOf('"', end + 1)) {
      let backslashes = 0;
      while (this.#text[end - 1 - backslashes] === '\\') backslashes++;
      if (backslashes % 2 === 0) return end;
    }
    throw this.#error('a string that ends');
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skipIf(mark: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#skipIf(mark)) throw this.#error(`"${mark}"`);
  }

  #error(expected: string): SyntaxError {
    const seen = this.#text.slice(this.#at, this.#at + 12);
    return new SyntaxError(`expected ${expected} at character ${this.#at}, found ${seen ? JSON.stringify(seen) : 'the end'}`);
  }
}
