import { readFile } from 'node:fs/promises';
import { replaceFile } from '@armature/core';
import { HostError } from '@armature/sdk/host';

/** Options that clients have changed, as a JSON object in a file (the webui's `config.json`). */
export class OptionsFile {
  readonly #path: string | undefined;

  /** No path: nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** What the file says; nothing where there is none. @throws HostError OPTIONS_UNREADABLE */
  async read(): Promise<Readonly<Record<string, unknown>>> {
    const path = this.#path;
    if (path === undefined) return {};
    try {
      const read: unknown = JSON.parse(await readFile(path, 'utf8'));
      if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Readonly<Record<string, unknown>>;
      throw new Error('it is no JSON object');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return {};
      throw new HostError('OPTIONS_UNREADABLE', { path, problem: code ?? message }, { cause: error });
    }
  }

  /** Puts it in place of the old one at once. @throws HostError OUTPUT_UNWRITABLE */
  async write(options: Readonly<Record<string, unknown>>): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    const bytes = Buffer.from(`${JSON.stringify(options, undefined, 4)}\n`);
    await replaceFile(path, bytes);
  }
}
