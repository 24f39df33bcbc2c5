import { writeFile } from 'node:fs/promises';
import { encodePng } from '@armature/core';
import { Raster } from '@armature/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from './armature.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

it('prints the parameters of a picture and what they mean here', async () => {
  const wishes = ['--negative', 'bad', '--set', 'CLIP_stop_at_last_layers=2', '--steps', '4', '--size', '64x64'];
  const file = JSON.parse((await desk.run(['txt2img', 'two\nlines', ...wishes, '--json'])).stdout).paths[0] as string;
  const { code, stdout, stderr } = await desk.run(['info', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^two\nlines\nNegative prompt: bad\nSteps: 4, Sampler: Euler, .*\n\nunderstood as\n {2}prompt +two ⏎ lines\n/);
  expect(stdout).toMatch(/\n {2}settings\.CLIP_stop_at_last_layers +2\n$/);
  expect(JSON.parse((await desk.run(['info', file, '--json'])).stdout)).toMatchObject({
    path: file,
    width: 64,
    height: 64,
    parameters: expect.stringContaining('two\nlines'),
    items: {},
    fields: { Steps: '4' },
    request: { prompt: 'two\nlines', steps: 4, settings: { CLIP_stop_at_last_layers: 2 } },
    unknown: [],
    missing: [],
  });
});

it('keeps hostile metadata from the terminal, and names files without parameters', async () => {
  const dot = new Raster([1, 2, 3], { width: 1, height: 1, channels: 3 });
  const save = async (text: Readonly<Record<string, string>>): Promise<void> => writeFile(desk.path('odd.png'), await encodePng(dot, text));
  await save({ parameters: 'a\x1b[2J\x07\nSteps: 2, Sampler: \x1b]0;x, CFG scale: 7, Zap\x1b: 1', Note: '\x1b' });
  const { code, stdout } = await desk.run(['info', 'odd.png']);
  expect(code).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not come through
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  expect(stdout).toContain('a\\x1b[2J\\x07\nSteps: 2');
  expect(stdout).toMatch(/sampler "\\x1b\]0;x" is not here\n.*other texts: Note\n$/s);
  const again = await desk.run(['again', 'odd.png']);
  expect(again).toMatchObject({ code: 3, stderr: expect.not.stringContaining('\x1b') });

  await save({ Note: 'no parameters' });
  const message = 'armature: IMAGE_NO_PARAMETERS: odd.png holds no generation parameters: it was saved without them, ';
  for (const command of ['info', 'again']) {
    expect(await desk.run([command, 'odd.png'])).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(message) });
  }
  await save({ parameters: `${'a'.repeat(10_000_000)}\nSteps: 2, Sampler: Euler, CFG scale: 7` });
  expect(await desk.run(['info', 'odd.png'])).toMatchObject({ code: 2, stderr: expect.stringContaining('at most 500000 characters') });
});
