import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildTarget } from '@armature/compose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BuildProject } from './build-project.js';

let project: BuildProject;

beforeEach(async () => {
  project = new BuildProject(await mkdtemp(join(tmpdir(), 'armature-build-faults-')));
});
afterEach(() => project.remove());

const watch = './extensions/watch';
const extension = (body: string): string => `import { defineExtension } from '@armature/sdk';\n${body}\n`;
const failure = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as { readonly code?: string; readonly message: string },
  );
  return `${error?.code}: ${error?.message}`;
};

it('says which targets there are', async () => {
  await project.write([watch]);
  expect(await failure(project.build({ target: 'desktop' as BuildTarget }))).toBe(
    'BUILD_TARGET: A product cannot be built for "desktop": there is no such target. Known: cli, module, server.',
  );
  expect(await failure(project.build({ target: 'server', programs: {} }))).toMatch(/^BUILD_TARGET: .*"server": no program is given for it/);
});

it('asks for a configuration', async () => {
  expect(await failure(project.build())).toMatch(/^CONFIG_INVALID: .*there is no armature\.config\.ts that says what to compose/);
});

it.each([
  ['a package that is not there', '@nobody/nothing', /@nobody\/nothing cannot be part of a product: .*no such folder or installed package/],
  ['a folder that is no package', './extensions', /no such folder or installed package/],
  ['a package without a manifest', './plain', /there is no "armature" block/],
])('names %s', async (_, from, message) => {
  await project.write([watch, from]);
  await project.add({ 'plain/package.json': '{}' });
  expect(await failure(project.build())).toMatch(message);
});

it.each([
  [
    'throws in setup',
    "export default defineExtension({ setup() { throw new Error('no luck'); } });",
    /test\.watch .*it is failed: .*no luck/,
  ],
  ['is no extension', 'export default 7;', /test\.watch .*it is failed: .*its default export is 7/],
  [
    'imports the engine',
    "import '@armature/core';\nexport default defineExtension({ setup() {} });",
    /may import @armature\/sdk and @armature\/nn, not @armature\/core/,
  ],
  [
    'imports what is not installed',
    "import 'not-there';\nexport default defineExtension({ setup() {} });",
    /Could not resolve "not-there"/,
  ],
])('turns down an extension that %s', async (_, body, message) => {
  await project.write([watch]);
  await project.add({ 'extensions/watch/index.ts': extension(body) });
  expect(await failure(project.build())).toMatch(message);
});

it('turns down an import of the engine in plain JavaScript too', async () => {
  await project.write([watch]);
  const pkg = {
    name: 'w',
    version: '1.0.0',
    type: 'module',
    armature: { api: 1, id: 'test.plain', engines: { armature: '*' }, entry: './index.js' },
  };
  await project.add({
    'extensions/watch/package.json': JSON.stringify(pkg),
    'extensions/watch/index.js': extension(
      "import { createHost } from '@armature/core';\nexport default defineExtension({ setup() { void createHost; } });",
    ),
  });
  expect(await failure(project.build())).toMatch(
    /^BUILD_FAILED: .*extensions\/watch\/index\.js:2:\d+: an extension may import @armature\/sdk/,
  );
});

it('turns down what cannot be written into a bundle', async () => {
  await project.write([watch], 'options: { "test.watch": { now: () => 1 } }');
  expect(await failure(project.build())).toMatch(/CONFIG_INVALID|BUILD_EXTENSION/);
  await project.write([watch], "scriptFolders: ['./scripts'], allowScripts: true");
  await project.add({ 'scripts/loose.ts': extension('export default defineExtension({ setup() {} });') });
  expect(await failure(project.build())).toMatch(/^BUILD_EXTENSION: .*loose\.ts|a single-file script has no manifest/);
});

it('names a browser part that is not there, or not its own', async () => {
  await project.write(['./extensions/tint']);
  const pkg = (ui: string): string =>
    JSON.stringify({
      name: 'w',
      version: '1.0.0',
      armature: { api: 1, id: 'test.tint', engines: { armature: '*' }, entry: './index.ts', capabilities: ['fs'], ui },
    });
  await project.add({ 'extensions/tint/package.json': pkg('./gone.ts') });
  expect(await failure(project.build())).toMatch(/^BUILD_EXTENSION: test\.tint .*its ui \.\/gone\.ts does not exist/);
  await project.add({ 'extensions/tint/package.json': pkg('../shared.ts') });
  expect(await failure(project.build())).toMatch(/^PATH_ESCAPES/);
});

it('turns down code that would lose its place', async () => {
  await project.write([watch]);
  await project.add({ 'extensions/shared.ts': 'export const shared = (text: string): string => import.meta.url + text;\n' });
  expect(await failure(project.build())).toMatch(/^BUILD_FAILED: .*extensions\/shared\.ts asks where it is and belongs to no extension/);
});

it('writes over no folder of somebody else', async () => {
  await project.write([watch]);
  await project.add({ 'out/thesis.txt': 'ten years of work' });
  expect(await failure(project.build())).toMatch(/^OUTPUT_UNWRITABLE: .*files that no build has written/);
});

it('leaves packages with compiled parts outside, in the version that is installed', async () => {
  await project.write([watch]);
  const native = 'extensions/watch/node_modules/compiled';
  await project.add({
    [`${native}/package.json`]: JSON.stringify({ name: 'compiled', version: '3.1.4', main: 'index.js' }),
    [`${native}/index.js`]: "exports.add = (a, b) => require('./add.node').add(a, b);\n",
    'extensions/watch/package.json': JSON.stringify({
      version: '1.0.0',
      type: 'module',
      armature: { api: 1, id: 'test.watch', engines: { armature: '*' }, entry: './index.js', capabilities: ['spawn'] },
    }),
    'extensions/watch/index.js': extension(
      "import compiled from 'compiled';\nexport default defineExtension({ setup({ hooks }) { hooks.job.done.tap(() => void compiled.add(1, 2)); } });",
    ),
  });
  const { manifest } = await project.build();
  expect(manifest.external).toEqual({ compiled: '3.1.4', 'onnxruntime-node': '1.30.0', sharp: '0.35.5' });
});

it('says what is missing beside a product that does not start', async () => {
  await project.write([watch], '', false);
  await project.add({ 'armature.config.ts': `export default { extensions: ['${watch}'] };\n` });
  expect(await failure(project.build({ check: true }))).toMatch(
    /^BUILD_CHECK: .*sharp is not installed there; run npm install in that folder first/,
  );
});

it('says what a server does instead of listening', async () => {
  await project.write([watch]);
  await project.add({
    'deaf.js': `export const product = ([command]) =>
  command === 'extensions' ? console.log('[{"id":"test.watch","state":"active"}]') : console.error('no ears');\n`,
  });
  const programs = { server: { entry: join(project.folder, 'deaf.js'), replaced: {}, packages: [project.folder] } };
  expect(await failure(project.build({ target: 'server', programs, check: true }))).toMatch(/^BUILD_CHECK: .*it does not listen: no ears/);
});
