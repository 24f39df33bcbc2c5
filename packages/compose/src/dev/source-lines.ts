import { SourceMap } from 'node:module';
import { resolve } from 'node:path';

export interface SourcePlace {
  /** Absolute path. */
  readonly path: string;
  /** 1-based, both. */
  readonly line: number;
  readonly column: number;
}

/** Where the lines of a bundle come from. A map that cannot be read knows nothing, and breaks nothing. */
export class SourceLines {
  readonly #bytes: Uint8Array;
  readonly #folder: string;
  #map: SourceMap | undefined;
  #read = false;

  /** `folder`: what the map's sources are relative to. */
  constructor(bytes: Uint8Array, folder: string) {
    this.#bytes = bytes;
    this.#folder = folder;
  }

  /** Line and column are 1-based, as in a stack trace. */
  placeOf(line: number, column: number): SourcePlace | undefined {
    try {
      const found = this.#opened()?.findEntry(line - 1, column - 1);
      if (!found || !('originalSource' in found)) return undefined;
      return { path: resolve(this.#folder, found.originalSource), line: found.originalLine + 1, column: found.originalColumn + 1 };
    } catch {
      return undefined;
    }
  }

  #opened(): SourceMap | undefined {
    if (!this.#read) {
      this.#read = true;
      this.#map = new SourceMap(JSON.parse(Buffer.from(this.#bytes).toString()));
    }
    return this.#map;
  }
}
