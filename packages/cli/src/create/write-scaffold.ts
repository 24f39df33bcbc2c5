import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { authorPackage } from './author-package.js';
import type { ExtensionName } from './extension-name.js';
import type { ScaffoldKind } from './scaffold-kinds.js';

export interface ScaffoldPlan {
  readonly names: ExtensionName;
  readonly kind: ScaffoldKind;
  /** Version of this release. */
  readonly version: string;
  /** Checkout the tools come from; undefined: the registry. */
  readonly checkout: string | undefined;
}

/** The sources lie beside the compiled code, under names that no tool takes for code of this program. */
const templates = new URL('../../src/create/templates/', import.meta.url);

/**
 * Writes a new package; the folder is there whole or not at all, and one that exists stays as it is.
 * @returns the names of its files
 * @throws HostError FOLDER_EXISTS, OUTPUT_UNWRITABLE
 */
export async function writeScaffold(plan: ScaffoldPlan): Promise<readonly string[]> {
  const { folder } = plan.names;
  if (await stat(folder).catch(() => undefined)) throw new HostError('FOLDER_EXISTS', { path: folder });
  const draft = `${folder}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(folder), { recursive: true });
    const files = await scaffoldFiles(plan);
    for (const [name, text] of files) {
      await mkdir(dirname(join(draft, name)), { recursive: true });
      await writeFile(join(draft, name), text);
    }
    await rename(draft, folder);
    return files.map(([name]) => name);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw new HostError('OUTPUT_UNWRITABLE', { path: folder, problem: String(error) }, { cause: error });
  }
}

async function scaffoldFiles({
  names,
  kind,
  version,
  checkout,
}: ScaffoldPlan): Promise<readonly (readonly [name: string, text: string])[]> {
  const fill = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word] ?? '');
  const { id, name, title, tag } = names;
  const words: Record<string, string> = { id, name, title, tag };
  words.about = fill(kind.about);
  words.use = fill(kind.use);
  words.linked = checkout === undefined ? '' : fill(await readTemplate('linked.md'));
  const { summary: description, capabilities } = kind;
  const manifest = authorPackage({ names, description: `Armature extension: ${description}`, capabilities, version, checkout });
  const written = sources(kind.name).map(async ([file, template]) => [file, fill(await readTemplate(template))] as const);
  return [['package.json', `${JSON.stringify(manifest, null, 2)}\n`], ...(await Promise.all(written))];
}

const sources = (kind: string): readonly (readonly [file: string, template: string])[] => [
  ['src/index.ts', `${kind}/index.ts`],
  ['test/index.test.ts', `${kind}/test.ts`],
  ['test/tsconfig.json', 'test-tsconfig.json'],
  ['tsconfig.json', 'tsconfig.json'],
  ['vitest.config.ts', 'vitest.config.ts'],
  ['README.md', 'README.md'],
  ['.gitignore', 'gitignore'],
];

const readTemplate = (name: string): Promise<string> => readFile(new URL(`${name}.txt`, templates), 'utf8');
