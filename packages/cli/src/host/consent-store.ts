import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HostError } from '@armature/sdk';
import { z } from 'zod';

/** An allowed script. The consent is for this file: another folder's script of the same name is another script. */
const consent = z.strictObject({ id: z.string(), path: z.string() });
/** An added package, and what it may. */
const agreement = z.strictObject({ id: z.string(), path: z.string(), capabilities: z.array(z.string()) });
const schema = z.looseObject({ allowScripts: z.array(consent).default([]), consents: z.array(agreement).default([]) });

/** What a user has agreed to: an extension, its folder, and its capabilities. */
export type Agreement = Readonly<z.output<typeof agreement>>;

/** Which scripts and packages the user has allowed, in `config.json` of the data folder. */
export class ConsentStore {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'config.json');
  }

  /** Ids of the allowed scripts that lie in these folders. @throws HostError CONFIG_INVALID */
  async allowed(folders: readonly string[]): Promise<readonly string[]> {
    const { allowScripts } = await this.#read();
    return allowScripts.filter(({ path }) => folders.includes(dirname(path))).map(({ id }) => id);
  }

  /** Adds a script; everything else in the file stays. @throws HostError CONFIG_INVALID, OUTPUT_UNWRITABLE */
  async allow(id: string, path: string): Promise<void> {
    const config = await this.#read();
    const allowScripts = [...config.allowScripts.filter((script) => script.path !== path), { id, path }];
    await this.#write(`${JSON.stringify({ ...config, allowScripts }, null, 2)}\n`);
  }

  /** Packages that were agreed to. @throws HostError CONFIG_INVALID */
  async agreements(): Promise<readonly Agreement[]> {
    return (await this.#read()).consents;
  }

  /** Takes the place of what was agreed to for this folder before. @throws HostError CONFIG_INVALID, OUTPUT_UNWRITABLE */
  async agree({ id, path, capabilities }: Agreement): Promise<void> {
    const config = await this.#read();
    const consents = [...config.consents.filter((other) => other.path !== path), { id, path, capabilities }];
    await this.#write(`${JSON.stringify({ ...config, consents }, null, 2)}\n`);
  }

  /** @throws HostError CONFIG_INVALID, OUTPUT_UNWRITABLE */
  async forget(path: string): Promise<void> {
    const config = await this.#read();
    if (!config.consents.some((other) => other.path === path)) return;
    const consents = config.consents.filter((other) => other.path !== path);
    await this.#write(`${JSON.stringify({ ...config, consents }, null, 2)}\n`);
  }

  async #read(): Promise<z.output<typeof schema>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { allowScripts: [], consents: [] };
      throw new HostError('CONFIG_INVALID', { path: this.#path, problem: `it cannot be read: ${String(error)}` }, { cause: error });
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      const problem = 'it is not the configuration this program writes; mend it or remove it';
      throw new HostError('CONFIG_INVALID', { path: this.#path, problem }, { cause: error });
    }
  }

  /** A reader sees the old file or the new one. */
  async #write(text: string): Promise<void> {
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
