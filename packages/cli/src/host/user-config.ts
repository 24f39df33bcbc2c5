import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';

/** The agreement is for this file or folder: another folder's script of the same name is another script. */
const agreement = z.strictObject({ id: z.string(), path: z.string(), capabilities: z.array(z.string()) });
const schema = z.looseObject({ consents: z.array(agreement).default([]), weightsCache: z.enum(['on', 'off']).optional() });

/** What a user has agreed to: an extension, its file or folder, and its capabilities. */
export type Agreement = Readonly<z.output<typeof agreement>>;

/** What commands have been told to remember: `config.json` of the data folder. */
export class UserConfig {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'config.json');
  }

  /** @throws HostError CONFIG_INVALID */
  async read(): Promise<z.output<typeof schema>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { consents: [] };
      throw new HostError('CONFIG_INVALID', { path: this.#path, problem: `it cannot be read: ${String(error)}` }, { cause: error });
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      const problem = 'it is not the configuration this program writes; mend it or remove it';
      throw new HostError('CONFIG_INVALID', { path: this.#path, problem }, { cause: error });
    }
  }

  /** Changes some entries and keeps the others, also those of later versions. A reader sees the old file or the new one. @throws HostError CONFIG_INVALID, OUTPUT_UNWRITABLE */
  async change(entries: Partial<z.output<typeof schema>>): Promise<void> {
    const text = `${JSON.stringify({ ...(await this.read()), ...entries }, null, 2)}\n`;
    const draft = `${this.#path}.${randomUUID()}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(draft, text);
      await rename(draft, this.#path);
    } catch (error) {
      await rm(draft, { force: true });
      throw new HostError('OUTPUT_UNWRITABLE', { path: this.#path, problem: String(error) }, { cause: error });
    }
  }
}
