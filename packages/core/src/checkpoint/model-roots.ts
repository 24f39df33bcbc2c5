import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelFolder } from './model-folders.js';

/** A models folder (`Stable-diffusion/`, `VAE/`… below it) and the webui folder around it. */
export interface ModelRoot {
  /** Where folders of kinds are looked for. */
  readonly models: string;
  /** Where `embeddings/` and other folders beside `models/` are looked for, best place first. */
  readonly beside: readonly string[];
  /** The root is itself a folder of checkpoints. */
  readonly flat: boolean;
}

async function subfolders(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = new Map<string, string>();
  for (const entry of entries) {
    const isFolder =
      entry.isDirectory() || (entry.isSymbolicLink() && (await stat(join(folder, entry.name)).catch(() => undefined))?.isDirectory());
    if (isFolder && !names.has(entry.name.toLowerCase())) names.set(entry.name.toLowerCase(), entry.name);
  }
  return names;
}

/** A folder's subfolder by name, letter case ignored unless both spellings exist. */
export async function findSubfolder(folder: string, name: string): Promise<string | undefined> {
  const exact = join(folder, name);
  if ((await stat(exact).catch(() => undefined))?.isDirectory()) return exact;
  const found = (await subfolders(folder)).get(name.toLowerCase());
  return found && join(folder, found);
}

/** What a given root is: a webui folder (it has `models/`), a models folder, or a plain folder of checkpoints. */
export async function describeRoot(given: string, table: readonly ModelFolder[]): Promise<ModelRoot> {
  const root = resolve(given);
  const names = new Set(
    table.filter(({ besideModels }) => !besideModels).flatMap(({ folders }) => folders.map((name) => name.toLowerCase())),
  );
  const inner = await subfolders(root);
  const hasKind = [...inner.keys()].some((name) => names.has(name));
  const models = inner.get('models');
  if (models !== undefined) {
    const below = await subfolders(join(root, models));
    const webui = !hasKind || [...below.keys()].some((name) => names.has(name));
    if (webui) return { models: join(root, models), beside: [root, join(root, models)], flat: false };
  }
  const named = basename(root).toLowerCase() === 'models';
  return { models: root, beside: named ? [dirname(root), root] : [root], flat: !hasKind && !named };
}
