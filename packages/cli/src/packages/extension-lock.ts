import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import { npmLockSchema } from './fetch-package.js';

const entrySchema = z.strictObject({
  /** npm name. */
  package: z.string(),
  version: z.string(),
  /** What was asked for: `name@range`, or a path as seen from the lockfile's folder. */
  from: z.string(),
  kind: z.enum(['registry', 'folder', 'file']),
  integrity: z.string(),
  capabilities: z.array(z.string()),
  npm: npmLockSchema,
});
const schema = z.strictObject({ lockfileVersion: z.literal(1), extensions: z.record(z.string(), entrySchema) });

/** What was added, from where, and every byte of it by its hash. */
export type LockEntry = Readonly<z.output<typeof entrySchema>>;
export type LockEntries = Readonly<Record<string, LockEntry>>;

/** `armature-lock.json` in the folder that extensions are added to. */
export class ExtensionLock {
  readonly folder: string;
  readonly path: string;

  constructor(folder: string) {
    this.folder = folder;
    this.path = join(folder, 'armature-lock.json');
  }

  /** By id. @throws HostError CONFIG_INVALID */
  async read(): Promise<LockEntries> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new HostError('CONFIG_INVALID', { path: this.path, problem: `it cannot be read: ${error.message}` }, { cause: error });
    });
    if (text === undefined) return {};
    try {
      return schema.parse(JSON.parse(text)).extensions;
    } catch (error) {
      const problem = 'it is not the lockfile this program writes; mend it, or remove it and add the extensions again';
      throw new HostError('CONFIG_INVALID', { path: this.path, problem }, { cause: error });
    }
  }

  /** A reader sees the old file or the new one. */
  async write(entries: LockEntries): Promise<void> {
    const draft = `${this.path}.${randomUUID()}.tmp`;
    const sorted = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, `${JSON.stringify({ lockfileVersion: 1, extensions: sorted }, null, 2)}\n`);
      await rename(draft, this.path);
    } catch (error) {
      await rm(draft, { force: true });
      throw new HostError('OUTPUT_UNWRITABLE', { path: this.path, problem: String(error) }, { cause: error });
    }
  }
}
