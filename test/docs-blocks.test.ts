import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@armature/core';
import { Raster } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk } from './cli/armature.js';
import { compileExamples } from './compile-examples.js';
import { documentationPages, fencedBlocks } from './fenced-blocks.js';
import { inSetup } from './in-setup.js';
import { shellLines } from './shell-lines.js';
import { root } from './source-file.js';

const pages = documentationPages();
/** A page whose blocks a test of its own replays, file by file and line by line. */
const replayed: ReadonlyMap<string, string> = new Map([['docs/guide/first-extension.md', 'test/first-extension-guide.test.ts']]);
/** Pages whose examples stand in an extension's setup. */
const inExtensions = ['docs/coming-from-a1111.md', 'docs/coming-from-comfyui.md'];
/** Pictures made of text: trees, and what a program prints. */
const drawn = ['ARCHITECTURE.md', 'docs/cli.md', 'docs/guide/build.md', 'docs/guide/dev.md', 'docs/hooks/README.md'];
/** Lines of other programs, and why no test of this file runs them. */
const otherPrograms: ReadonlyMap<string, string> = new Map([
  ['npm ci', 'what these tests stand on'],
  ['npm test', 'is what runs this'],
  ['cd dist && npm install', 'needs a registry; packages/compose/test builds and starts products'],
  [
    'MODELS=/path/to/webui/models DATA=~/.cache/pictures PORT=3000 node dist/server.js',
    'examples/embed-in-express/test starts the application',
  ],
  [
    `curl -s -d '{"prompt":"a lighthouse","steps":20,"seed":1}' -H 'content-type: application/json' localhost:3000/pictures -o picture.png`,
    'examples/embed-in-express/test asks it',
  ],
]);

describe('every fenced block', () => {
  it('is TypeScript, shell, JSON, or a picture on a page that is known to have one', () => {
    const strangers = pages.flatMap((page) =>
      fencedBlocks(page).filter(({ language }) => !(['ts', 'sh', 'json'].includes(language) || (language === '' && drawn.includes(page)))),
    );
    expect(strangers).toEqual([]);
    expect(pages.flatMap((page) => fencedBlocks(page)).length).toBeGreaterThan(100);
    for (const [page, test] of replayed) expect(readFileSync(join(root, test), 'utf8')).toContain(page);
  });

  it('of TypeScript compiles', () => {
    const examples = pages
      .filter((page) => !replayed.has(page))
      .flatMap((page) => fencedBlocks(page, 'ts'))
      .map(({ page, line, code }) => [`${page} line ${line}`, inExtensions.includes(page) ? inSetup(code) : code] as const);
    expect(compileExamples(new Map(examples))).toBe('');
  });

  it('of JSON is JSON', () => {
    for (const page of pages) for (const { code } of fencedBlocks(page, 'json')) expect(() => JSON.parse(code)).not.toThrow();
  });
});

describe('every shell line', () => {
  const lines = pages.filter((page) => !replayed.has(page)).flatMap(shellLines);
  let desk: Desk;
  beforeAll(async () => {
    desk = await Desk.open();
    const examples = readdirSync(join(root, 'examples')).filter((name) => {
      const file = join(root, 'examples', name, 'package.json');
      return existsSync(file) && 'armature' in JSON.parse(readFileSync(file, 'utf8'));
    });
    const config = { extensions: examples.map((name) => join(root, 'examples', name)) };
    await writeFile(desk.path('armature.config.mjs'), `export default ${JSON.stringify(config)};`);
    const grey = new Raster(new Uint8Array(64 * 64 * 3).fill(128), { width: 64, height: 64, channels: 3 });
    for (const name of ['photo.png', 'small.png', 'mask.png']) await writeFile(desk.path(name), await encodePng(grey));
  });
  afterAll(() => desk.close());

  it('is one of this program, or is known', () => {
    const others = lines.filter(({ words }) => !words).map(({ text }) => text);
    expect([...new Set(others)].sort()).toEqual([...otherPrograms.keys()].sort());
  });

  it('names commands and flags that there are', async () => {
    const { stdout } = await desk.run(['extensions', '--json']);
    const extensions = JSON.parse(stdout) as { readonly id: string; readonly args: { readonly properties: object } }[];
    const args = extensions.flatMap(({ id, args }) => Object.keys(args.properties).map((arg) => `--${id.split('.')[1]}.${arg}`));
    const commands = new Set(lines.flatMap(({ words = [] }) => words.slice(0, 1)));
    const help = new Map<string, Awaited<ReturnType<Desk['run']>>>();
    for (const command of commands) help.set(command, await desk.run([command, '--help']));
    for (const { page, text, words = [] } of lines) {
      const [command = '', ...rest] = words;
      if (!command) continue;
      const told = help.get(command);
      expect(told?.code, `${page}: ${text}`).toBe(0);
      const [below = ''] = rest;
      const hasBelow = /^[a-z]+$/.test(below) && new RegExp(`^ +${below}\\b`, 'm').test(told?.stdout ?? '');
      const more = hasBelow ? (await desk.run([command, below, '--help'])).stdout : '';
      const known = new Set([...(`${told?.stdout}${more}`.match(/--[\w.-]+/g) ?? []), ...args]);
      const flags = rest.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
      expect(
        flags.filter((flag) => !known.has(flag ?? '')),
        `${page}: ${text}`,
      ).toEqual([]);
    }
  });

  const made = lines.filter(
    ({ page, text, words: [command] = [] }) =>
      (page === 'README.md' || page.startsWith('examples/')) && ['txt2img', 'img2img'].includes(command ?? '') && !text.includes('~'),
  );
  it.each(made.map(({ page, words = [] }) => [page, words] as const))('of %s makes pictures', async (_page, words) => {
    const quick = ['--steps', '1', '--size', '64x64', '--strict', '--json'];
    const { stdout, stderr, code } = await desk.run([...words, ...quick]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'done', faults: [] });
  });
});
