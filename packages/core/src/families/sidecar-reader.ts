/** Reads plain settings out of parsed YAML or JSON that nobody vouches for. */
export class SidecarReader {
  readonly #root: unknown;
  readonly #refuse: (problem: string) => never;

  constructor(root: unknown, refuse: (problem: string) => never) {
    this.#root = root;
    this.#refuse = refuse;
  }

  /** A number above zero; undefined when the setting is absent or −1, which LDM configs write for "unset". */
  positive(...path: readonly string[]): number | undefined {
    const value = this.#at(path);
    if (value === undefined || value === null || value === -1) return undefined;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    return this.#refuse(`${path.join('.')} is ${JSON.stringify(value)}, expected a number above 0`);
  }

  /** A whole number above zero. */
  count(...path: readonly string[]): number | undefined {
    const value = this.positive(...path);
    return value === undefined || Number.isInteger(value) ? value : this.#refuse(`${path.join('.')} is ${value}, expected a whole number`);
  }

  text(...path: readonly string[]): string | undefined {
    const value = this.#at(path);
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : this.#refuse(`${path.join('.')} is ${JSON.stringify(value)}, expected text`);
  }

  #at(path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined),
      this.#root,
    );
  }
}
