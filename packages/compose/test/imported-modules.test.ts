import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createBundler } from '@armature/compose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let bundler: ReturnType<typeof createBundler>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-imports-'));
  bundler = createBundler({ cacheFolder: join(folder, 'cache') });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
/** `module (file)` of everything that needs a word; the host's packages and others that are not there are of no account. */
async function importsOf(name: string): Promise<readonly string[]> {
  const found = (await bundler.imports?.(join(folder, name))) ?? [];
  return found.map(({ module, file }) => `${module} (${file})`).sort();
}

describe('what an extension reaches for', () => {
  it('is found in its own files and in those it brings along, however it is asked for', async () => {
    await write('node_modules/sender/package.json', '{"name":"sender","version":"1.0.0","main":"index.js"}');
    await write('node_modules/sender/index.js', `const http = require('http'); exports.send = () => http.get('http://x');`);
    await write(
      'index.ts',
      `import { defineExtension } from '@armature/sdk';
       import { send } from 'sender';
       import { lines } from './deep/lines.js';
       import type { Server } from 'node:net';
       export default defineExtension({ async setup() { const { spawn } = await import('node:child_process'); send(); lines(); spawn('x'); } });`,
    );
    await write('deep/lines.ts', `import { readFileSync } from 'node:fs'; export const lines = () => readFileSync('x', 'utf8');`);
    expect(await importsOf('index.ts')).toEqual([
      '@armature/sdk (index.ts)',
      'http (node_modules/sender/index.js)',
      'node:child_process (index.ts)',
      'node:fs (deep/lines.ts)',
    ]);
  });

  it('are globals too, unless the name is the file’s own', async () => {
    await write('index.ts', `import './two.js'; export default [fetch('x'), globalThis.fetch, process.env.HOME, new WebSocket('y')];`);
    await write('two.ts', `const fetch = (url: string) => url; console.log(fetch('x'), process.env.NODE_ENV, process['env']);`);
    expect(await importsOf('index.ts')).toEqual([
      'WebSocket (index.ts)',
      'fetch (index.ts)',
      'process.env (index.ts)',
      'process.env (two.ts)',
    ]);
  });

  it('is not what a bundle leaves out; JavaScript runs as it stands, so all of it counts', async () => {
    await write('lib.js', `import { readFileSync } from 'node:fs'; export const used = 1; export const unused = () => readFileSync('x');`);
    await write('typed.ts', `import { used } from './lib.js'; export default used;`);
    await write('plain.js', `import { used } from './lib.js'; export default used;`);
    expect(await importsOf('typed.ts')).toEqual([]);
    expect(await importsOf('plain.js')).toEqual(['node:fs (lib.js)']);
  });

  it('may be a native add-on; packages that are not there and files of other kinds stop nothing', async () => {
    await write('index.js', `import add from './add.node'; import 'not-installed'; import './style.css'; export default add;`);
    await write('add.node', 'not really');
    await write('style.css', 'body {');
    expect(await importsOf('index.js')).toEqual(['./add.node (index.js)', 'not-installed (index.js)']);
  });

  it('a file that cannot be read as code is told with its place', async () => {
    await write('index.js', 'export default {{{');
    await expect(importsOf('index.js')).rejects.toMatchObject({ code: 'EXT_IMPORT', message: expect.stringContaining('index.js:1:') });
  });

  it('is looked for again when a file changed', async () => {
    await write('index.js', `import './lib.js';`);
    await write('lib.js', '');
    expect(await importsOf('index.js')).toEqual([]);
    await write('lib.js', `import { rmSync } from 'node:fs'; rmSync('x');`);
    await utimes(join(folder, 'lib.js'), 1, 1);
    expect(await importsOf('index.js')).toEqual(['node:fs (lib.js)']);
  });
});

it('a warning points at the author’s line through the bundle’s source map', async () => {
  await write('node_modules/.keep', '');
  await write(
    'late.ts',
    `// A comment the compiler drops.
interface Wide { readonly a: number }
export default {
  [Symbol.for('armature.extension')]: true,
  setup({ hooks }: any): void {
    const wide: Wide = { a: 1 };
    hooks.sampling.guided.tap((latent: unknown) => (wide.a > 1 ? latent : undefined));
  },
};`,
  );
  const { generationOf } = await import('../../core/test/generation/generation-kit.js');
  const deprecations = { 'hook sampling.guided': { since: '9.9.9', instead: 'do not' } };
  const generation = await generationOf({ scriptFolders: [folder], allowScripts: true, bundler }, { deprecations });
  expect(generation.extensions()[0]?.warnings[0]?.message).toMatch(/\blate\.ts:7:27\b/);
});
