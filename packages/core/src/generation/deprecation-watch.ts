import { relative } from 'node:path';
import type { Deprecations } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { authorFrame } from './author-frame.js';
import { sourcePlace } from './source-place.js';

/** Notices what one extension uses that is going away. It warns once for each thing, with the author's line. */
export class DeprecationWatch {
  readonly #extension: string;
  readonly #table: Deprecations;
  readonly #warn: (warning: HostError) => void;
  readonly #seen = new Set<string>();

  constructor(extension: string, table: Deprecations, warn: (warning: HostError) => void) {
    this.#extension = extension;
    this.#table = table;
    this.#warn = warn;
  }

  /** `thing`: a name as in the table. Called while the author's code is. */
  uses(thing: string): void {
    const entry = Object.hasOwn(this.#table, thing) ? this.#table[thing] : undefined;
    if (!entry || this.#seen.has(thing)) return;
    this.#seen.add(thing);
    const frame = authorFrame();
    const at = frame && sourcePlace(frame);
    const place = at ? `${shortPath(at.path)}:${at.line}:${at.column}` : 'in one file with the host';
    this.#warn(new HostError('EXT_DEPRECATED', { extension: this.#extension, thing, place, ...entry }));
  }

  contribution(kind: string, value: object): void {
    this.uses(`contribution ${kind}`);
    for (const member of Object.keys(value)) this.uses(`field ${kind}.${member}`);
  }
}

/** As seen from the working folder, where that is shorter. */
function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}
