import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { AssetsApi } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { insideFolder } from './inside-folder.js';

/** The folder an extension came in, with the files beside its code. Nothing is found outside it. */
export class ExtensionFolder implements AssetsApi {
  readonly #extension: string;
  readonly #folder: string | undefined;

  constructor(extension: string, folder: string | undefined) {
    this.#extension = extension;
    this.#folder = folder;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const path = await this.locate(name);
    return path === undefined ? undefined : readFile(path);
  }

  /** The real path of a file; undefined when there is none. @throws HostError PATH_ESCAPES, EXT_NO_FOLDER */
  async locate(name: string): Promise<string | undefined> {
    if (this.#folder === undefined) throw new HostError('EXT_NO_FOLDER', { extension: this.#extension, name });
    const path = insideFolder(this.#folder, name);
    try {
      const [folder, real] = await Promise.all([realpath(this.#folder), realpath(path)]);
      if (!real.startsWith(folder + sep)) throw new HostError('PATH_ESCAPES', { path: name, folder });
      return real;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }
}
