import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildRequest, type BuiltProduct, buildProduct } from '@armature/compose';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const programsFile = join(root, 'packages/cli/dist/product-programs.js');

const manifest = (id: string, more: object = {}, packed?: readonly string[]): string =>
  JSON.stringify({
    name: id,
    version: '1.2.3',
    type: 'module',
    files: packed,
    armature: { api: 1, id, engines: { armature: '*' }, entry: './index.ts', ...more },
  });

/** What the test project consists of, beside its configuration. */
const files: Readonly<Record<string, string>> = {
  // Reads a file beside its code, uses a library of its own and Node, and has a part for the browser.
  'extensions/tint/package.json': manifest('test.tint', { capabilities: ['fs'], ui: './panel.ts' }),
  'extensions/tint/index.ts': `import { readFileSync } from 'node:fs';
import { defineExtension } from '@armature/sdk';
import { z } from 'zod';
import leftish from 'leftish';
import { shared } from '../shared.js';

const amount = z.number().parse(Number(readFileSync(new URL('./data/amount.txt', import.meta.url), 'utf8')));
export default defineExtension({
  setup({ hooks, contribute }) {
    contribute.route({ name: 'GET /tint/amount', handle: () => new Response(String(amount)) });
    hooks.image.each.tap((image) => (shared('tint-marker') && leftish() ? image.map((value) => value * amount) : image));
  },
});
`,
  'extensions/tint/panel.ts': "export const panel = (title: string): string => 'panel-marker ' + title;\n",
  'extensions/tint/data/amount.txt': '0.5\n',
  'extensions/tint/test/left-out.txt': 'tests stay where they are',
  'extensions/tint/node_modules/leftish/package.json': JSON.stringify({ name: 'leftish', version: '2.0.0', main: 'main.js' }),
  'extensions/tint/node_modules/leftish/main.js': "module.exports = () => 'leftish-marker';\n",
  'extensions/watch/package.json': manifest('test.watch', {}, ['index.ts', './lists/*.txt', '!lists/secret.txt']),
  'extensions/watch/lists/animals.txt': 'cat',
  'extensions/watch/notes.txt': 'not packed by npm, so not part of a product',
  'extensions/watch/index.ts': `import { defineExtension } from '@armature/sdk';
import { shared } from '../shared.js';
export default defineExtension({ setup({ hooks }) { hooks.job.done.tap(() => void shared('watch-marker')); } });
`,
  'extensions/shared.ts': "export const shared = (text: string): string => 'shared-marker ' + text;\n",
};

const hello = '@armature-examples/hello-hook';
const config = (extensions: readonly string[], more: string): string => `import { defineConfig } from '@armature/compose';
import { tinyModelFolder } from '@armature/tiny-model';
export default defineConfig({ extensions: ${JSON.stringify(extensions)}, models: ['./models', tinyModelFolder], threads: 2, ${more} });
`;

/** A project in a folder of its own that can be built. */
export class BuildProject {
  static readonly all = [hello, './extensions/tint', './extensions/watch'] as const;
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes the project; `linked`: with the engine's packages installed. */
  async write(extensions: readonly string[] = BuildProject.all, more = '', linked = true): Promise<this> {
    await this.add({ ...files, 'armature.config.ts': config(extensions, more) });
    if (linked) await symlink(join(root, 'node_modules'), join(this.folder, 'node_modules')).catch(() => undefined);
    return this;
  }

  async add(more: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(more)) {
      await mkdir(dirname(join(this.folder, name)), { recursive: true });
      await writeFile(join(this.folder, name), text);
    }
  }

  async build(request: Partial<BuildRequest> = {}): Promise<BuiltProduct> {
    // What the command line gives: this package stands below it.
    const { productPrograms: programs } = (await import(programsFile)) as { readonly productPrograms: Required<BuildRequest>['programs'] };
    return buildProduct({
      folder: this.folder,
      target: 'module',
      out: 'out',
      programs,
      cacheFolder: join(this.folder, '.cache'),
      ...request,
    });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** SHA-256 of every file below `folder`, by path. */
export async function hashes(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    paths.sort().map(
      async (path) =>
        [
          path.slice(folder.length),
          createHash('sha256')
            .update(await readFile(path))
            .digest('hex'),
        ] as const,
    ),
  );
  return Object.fromEntries(found);
}
