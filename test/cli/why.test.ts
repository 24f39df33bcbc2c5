import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk } from './armature.js';

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

async function extension(name: string, manifest: object, setup: string): Promise<void> {
  const folder = desk.path('extensions', name);
  await mkdir(folder, { recursive: true });
  const block = { api: 1, id: `you.${name}`, engines: { armature: '^0.1' }, entry: './index.js', ...manifest };
  await writeFile(`${folder}/package.json`, JSON.stringify({ version: '1.0.0', type: 'module', armature: block }));
  await writeFile(
    `${folder}/index.js`,
    `import { defineExtension } from '@armature/sdk'; export default defineExtension({ setup({ hooks }) { ${setup} } });`,
  );
}

const tap = 'hooks.image.each.tap((text) => text);';

it('tells the taps of a hook in order, and why in this order', async () => {
  await extension('b', { after: ['you.c'] }, tap);
  await extension('c', {}, tap);
  await extension('a', {}, 'hooks.image.each.tap((text) => text, { stage: 100 });');
  const { code, stdout } = await desk.run(['why', 'image.each']);
  expect(code).toBe(0);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows).toEqual([
    ['', 'EXTENSION', 'STAGE', 'BECAUSE'],
    ['1', 'you.c', 'Default (0)', 'nothing stands before it'],
    ['2', 'you.b', 'Default (0)', 'you.b asks to come after you.c'],
    ['3', 'you.a', 'Late (100)', 'a later stage'],
  ]);
  const json = JSON.parse((await desk.run(['why', 'image.each', '--json'])).stdout) as readonly { readonly extension: string }[];
  expect(json.map((row) => row.extension)).toEqual(['you.c', 'you.b', 'you.a']);
});

it('says when nobody taps a hook, and which one was meant', async () => {
  expect(await desk.run(['why', 'ui.page'])).toMatchObject({ code: 0, stdout: '', stderr: 'Nobody taps ui.page.\n' });
  expect(await desk.run(['why', 'prompt.txt'])).toMatchObject({ code: 2, stderr: expect.stringContaining('prompt.text') });
});

it('tells what blocks an extension, down to the cause', async () => {
  await extension('top', { requires: ['you.mid'], capabilities: ['net'] }, '');
  await extension('mid', { requires: ['you.base'] }, '');
  await extension('base', {}, `throw new Error('no fuel');`);
  await extension('alone', { requires: ['you.gone'] }, '');
  const { stdout } = await desk.run(['why', 'extension', 'you.top']);
  expect(stdout).toContain('you.top 1.0.0 is blocked: EXT_BLOCKED: you.top requires you.mid, which is blocked.\n');
  expect(stdout).toMatch(
    /blocked by +you\.mid is blocked: .*, you\.base is failed: EXT_SETUP_THREW: you\.base failed in setup: no fuel\.\n/,
  );
  expect(stdout).toMatch(/capabilities +net\n/);
  expect((await desk.run(['why', 'extension', 'you.alone'])).stdout).toMatch(/blocked by +you\.gone, which is not installed\n/);
  const json = JSON.parse((await desk.run(['why', 'extension', 'you.top', '--json'])).stdout) as object;
  expect(json).toMatchObject({ state: 'blocked', blockers: ['you.mid', 'you.base'] });
  expect((await desk.run(['why', 'extension', 'you.lost'])).code).toBe(3);
});
