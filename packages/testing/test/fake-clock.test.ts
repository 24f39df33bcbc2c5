import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createFakeClock, createTestHost, inlineExtension } from '@armature/testing';
import { expect, it } from 'vitest';
import { pictureRequest } from './picture-request.js';

it('calls what is due, in order, and nothing that was taken back', () => {
  const clock = createFakeClock('2026-05-06T07:08:09Z');
  const heard: string[] = [];
  const at = (name: string) => () => heard.push(`${name} ${clock.now() - Date.parse('2026-05-06T07:08:09Z')}`);
  clock.after(30, at('third'));
  clock.after(10, () => {
    at('first')();
    clock.after(5, at('second'));
  });
  clock.after(20, at('never'))();
  clock.advance(9);
  expect(heard).toEqual([]);
  clock.advance(21);
  expect(heard).toEqual(['first 10', 'second 15', 'third 30']);
  clock.after(1000, at('last'));
  expect(clock.pending).toBe(1);
  expect(clock.advanceToNext()).toBe(true);
  expect(heard.at(-1)).toBe('last 1030');
  expect(clock.advanceToNext()).toBe(false);
  expect(() => createFakeClock('someday')).toThrow('a clock cannot start at "someday"');
});

it('dates the files a job saves', async () => {
  const out = await mkdtemp(join(tmpdir(), 'armature-clock-'));
  const clock = createFakeClock('2031-02-03T12:34:56Z');
  const host = await createTestHost({
    clock,
    settings: { samples_filename_pattern: '[datetime<%Y-%m-%d %H-%M-%S><UTC>] [job_timestamp]' },
  });
  try {
    const { images } = await host.txt2img(pictureRequest, { out });
    clock.advance(86_400_000);
    const { images: later } = await host.txt2img(pictureRequest, { out });
    const paths = [images[0]?.path, later[0]?.path].map(String);
    expect(paths.map((path) => basename(dirname(path)))).toEqual(['2031-02-03', '2031-02-04']);
    expect(basename(String(paths[0]))).toMatch(/2031-02-03 12-34-56 20310203\d\d3456/);
    expect(basename(String(paths[1]))).toMatch(/2031-02-04 12-34-56 20310204\d\d3456/);
  } finally {
    await host.dispose();
    await rm(out, { recursive: true, force: true });
  }
});

it('ends a setup that hangs when its deadline is reached', async () => {
  const clock = createFakeClock();
  let begun = (): void => {};
  const hanging = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const slow = inlineExtension('tests.slow', {
    setup() {
      begun();
      return new Promise<void>(() => {});
    },
  });
  const opening = createTestHost({ clock, hookTimeout: 60_000, extensions: [slow] });
  await hanging;
  clock.advance(59_999);
  expect(clock.pending).toBe(1);
  clock.advance(1);
  const host = await opening;
  try {
    expect(host.extensions()).toMatchObject([{ id: 'tests.slow', state: 'failed', cause: { code: 'EXT_TAP_HUNG' } }]);
  } finally {
    await host.dispose();
  }
});
