import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Desk, type Ended } from './armature.js';
import { SmallRegistry } from './small-registry.js';

let registry: SmallRegistry;
let desk: Desk;
beforeAll(async () => {
  registry = await SmallRegistry.open();
  registry.publish({ name: 'shade', version: '2.3.0' }, { 'index.js': 'export const shade = 40;' });
  publish('1.0.0');
});
afterAll(() => registry.close());
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

function publish(version: string): void {
  const armature = { api: 1, id: 'test.shadow', engines: { armature: '*' }, entry: './index.js' };
  const code = `import { defineExtension } from '@armature/sdk';
import { shade } from 'shade';
export default defineExtension({ setup({ hooks }) { hooks.image.each.tap((image) => image.map((value) => value - shade)); } });`;
  const peerDependencies = { '@armature/sdk': '*' };
  registry.publish(
    { name: 'shadow', version, type: 'module', armature, dependencies: { shade: '^2.0.0' }, peerDependencies },
    { 'index.js': code },
  );
}

const armature = (args: readonly string[], url = registry.url): Promise<Ended> =>
  desk.run(args, { HOME: desk.path('home'), npm_config_cache: desk.path('npm'), npm_config_registry: url });
const lock = async () => JSON.parse(await readFile(desk.path('extensions/armature-lock.json'), 'utf8')).extensions['test.shadow'];

it('adds a package with what it depends on, tells what is outdated, and puts the same back', async () => {
  const added = await armature(['add', 'shadow@^1.0.0', '--yes']);
  expect(added).toMatchObject({ code: 0 });
  expect(added.stdout).toContain('brings    shade@2.3.0');
  expect(await readFile(desk.path('extensions/test.shadow/node_modules/shade/index.js'), 'utf8')).toContain('40');
  const { stdout } = await armature(['extensions', '--json']);
  expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'test.shadow', state: 'active', hooks: ['image.each'] }));
  expect((await armature(['list', '--outdated'])).stderr).toBe('Nothing is outdated.\n');

  registry.publish({ name: 'shade', version: '2.4.0' }, { 'index.js': 'export const shade = 90;' });
  publish('1.1.0');
  expect((await armature(['list', '--outdated'])).stdout).toMatch(/^test\.shadow +1\.0\.0 +1\.1\.0 +shadow@\^1\.0\.0$/m);

  const before = await lock();
  await rm(desk.path('extensions/test.shadow'), { recursive: true });
  expect(await armature(['add', '--yes'])).toMatchObject({ code: 0 });
  expect(await readFile(desk.path('extensions/test.shadow/node_modules/shade/index.js'), 'utf8')).toContain('40');
  expect(await lock()).toEqual(before);

  expect(await armature(['add', 'shadow', '--yes'])).toMatchObject({ code: 0, stdout: expect.stringContaining('1.1.0 in place of 1.0.0') });
  expect(await readFile(desk.path('extensions/test.shadow/node_modules/shade/index.js'), 'utf8')).toContain('90');
});

it('uses the registry that the working folder names', async () => {
  await writeFile(desk.path('.npmrc'), `registry=${registry.url}\n`);
  const { code } = await desk.run(['add', 'shadow', '--yes'], { HOME: desk.path('home'), npm_config_cache: desk.path('npm') });
  expect(code).toBe(0);
});

it.each([
  ['nobody-made-this', 'PACKAGE_NOT_FOUND', 3],
  ['shadow@9.0.0', 'PACKAGE_NOT_FOUND', 3],
])('says that the registry has no %s', async (name, code, exit) => {
  expect(await armature(['add', name, '--yes'])).toMatchObject({ code: exit, stderr: expect.stringContaining(`armature: ${code}: `) });
});

it('says that nobody answers', async () => {
  const closed = await SmallRegistry.open();
  const { url } = closed;
  await closed.close();
  const { code, stderr } = await armature(['add', 'shadow', '--yes'], url);
  expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining('armature: PACKAGE_UNREACHABLE: ') });
});
