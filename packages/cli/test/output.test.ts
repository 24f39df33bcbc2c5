import { readFile } from 'node:fs/promises';
import type { JobProgress } from '@armature/core';
import { Raster } from '@armature/sdk';
import { expect, it } from 'vitest';
import { barProgress } from '../src/output/bar-progress.js';
import { exitCodes } from '../src/output/exit-codes.js';
import { plainProgress } from '../src/output/plain-progress.js';
import { PreviewPane } from '../src/output/preview-pane.js';
import { etaText, stageText } from '../src/output/progress-view.js';
import { table } from '../src/output/table.js';
import { graphicsProtocol, pictureSequence } from '../src/output/terminal-graphics.js';
import { TerminalLog } from '../src/output/terminal-log.js';
import { streamProbe } from './stream-probe.js';

const progress = (change: Partial<JobProgress> = {}): JobProgress => ({
  job: 'j',
  stage: 'sampling',
  iteration: 0,
  iterations: 1,
  pass: 0,
  passes: 1,
  step: 5,
  steps: 20,
  fraction: 0.25,
  etaSeconds: 12.2,
  preview: () => undefined,
  ...change,
});

it('tells stage, batch, step and time', () => {
  expect(stageText(progress())).toBe('sampling, step 5 of 20');
  expect(stageText(progress({ stage: 'decode', iteration: 1, iterations: 3 }))).toBe('decode, batch 2 of 3');
  expect(stageText(progress({ stage: 'queued', iterations: 3 }))).toBe('queued');
  expect([undefined, 12.2, 185].map(etaText)).toEqual(['', '13 s left', '3 min 05 s left']);
});

it('aligns columns', () => {
  expect(
    table([
      ['A', 'LONG', 'C'],
      ['abc', 'd', ''],
    ]),
  ).toBe('A    LONG  C\nabc  d\n');
});

it('writes few plain lines where nobody looks on', async () => {
  const { stream, text } = streamProbe(false);
  const view = plainProgress(stream);
  for (let step = 0; step < 1000; step++) view.update(progress({ step }));
  await view.finish();
  expect(text()).toBe('');
});

it('draws a bar over itself and leaves the cursor as it was', async () => {
  const { stream, text } = streamProbe(true);
  const view = barProgress(stream, undefined);
  view.update(progress());
  await new Promise((done) => setTimeout(done, 150));
  await view.finish();
  expect(text()).toContain('25 % sampling, step 5 of 20 · 13 s left');
  expect(text().split('\x1b[?25l').length).toBe(text().split('\x1b[?25h').length);
});

it('gives the cursor back when the process ends in the middle', async () => {
  const { stream, text } = streamProbe(true);
  const before = process.listeners('exit');
  const view = barProgress(stream, undefined);
  const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
  expect(text()).toContain('\x1b[?25l');
  atExit?.(0);
  expect(text()).toContain('\x1b[?25h');
  expect(text()).toContain('\x1b[?7h');
  await view.finish();
  expect(process.listeners('exit')).toEqual(before);
});

it('draws a shorter bar in a narrow window, so that the words are seen', async () => {
  const { stream, text } = streamProbe(true);
  const view = barProgress(Object.assign(stream, { columns: 40 }), undefined);
  view.update(progress());
  await new Promise((done) => setTimeout(done, 150));
  await view.finish();
  expect(text()).toMatch(/[█░]{4} 25 % sampling/);
  expect(text()).not.toMatch(/[█░]{5}/);
});

it.each([
  [{ TERM: 'xterm-kitty', KITTY_WINDOW_ID: '1' }, 'kitty'],
  [{ TERM: 'xterm-ghostty' }, 'kitty'],
  [{ TERM_PROGRAM: 'iTerm.app' }, 'iterm'],
  [{ TERM_PROGRAM: 'WezTerm' }, 'iterm'],
  [{ TERM: 'xterm-kitty', KITTY_WINDOW_ID: '1', TMUX: '/tmp/t' }, undefined],
  [{ TERM: 'xterm-256color' }, undefined],
  [{}, undefined],
])('knows the graphics of %o', (env, protocol) => {
  expect(graphicsProtocol(env)).toBe(protocol);
});

it('cuts kitty pictures into chunks of 4096 and says which is the last', () => {
  const png = new Uint8Array(7000).fill(7);
  const pieces = pictureSequence('kitty', png, 10).split('\x1b\\').filter(Boolean);
  expect(pieces.map((piece) => /m=(\d);/.exec(piece)?.[1])).toEqual(['1', '1', '0']);
  const payload = pieces.map((piece) => piece.slice(piece.indexOf(';') + 1));
  expect(payload.every((part) => part.length <= 4096)).toBe(true);
  expect(Buffer.from(payload.join(''), 'base64')).toEqual(Buffer.from(png));
  const base64 = Buffer.from(png).toString('base64');
  expect(pictureSequence('iterm', png, 10)).toBe(`\x1b]1337;File=inline=1;size=7000;height=10;preserveAspectRatio=1:${base64}\x07`);
});

it('shows previews above the bar, at most twice a second, and survives one that cannot be made', async () => {
  const { stream, text } = streamProbe(true);
  const image = new Raster(new Uint8Array(12), { width: 2, height: 2, channels: 3 });
  const pane = new PreviewPane(stream, 'kitty', async () => new Uint8Array([1, 2, 3]));
  let asked = 0;
  for (let i = 0; i < 10; i++) {
    pane.show(() => {
      asked++;
      return image;
    });
  }
  await new Promise((done) => setTimeout(done, 10));
  expect(asked).toBe(1);
  expect(text()).toBe('\x1b7\r\x1b[10A\x1b_Ga=T,f=100,i=77,p=1,r=10,C=1,q=2,m=0;AQID\x1b\\\x1b8');
  await pane.close(image);
  expect(text().split('AQID').length - 1).toBe(2);
  pane.show(() => image);
  const broken = new PreviewPane(stream, 'kitty', () => Promise.reject(new Error('no')));
  broken.show(() => image);
  await broken.close(image);
  expect(text().split('AQID').length - 1).toBe(2);
});

it('keeps log lines back while a bar is drawn', async () => {
  const { stream, text } = streamProbe(false);
  const log = new TerminalLog({ stdout: stream, stderr: stream, folder: '/', env: {}, signal: new AbortController().signal });
  log.hold();
  log.warn('hot');
  log.debug('quiet');
  expect(text()).toBe('');
  log.release();
  await new Promise(setImmediate);
  expect(text()).toBe('armature: warning: hot\n');
});

it('tells faults of a job only where no result does', async () => {
  const { stream, text } = streamProbe(false);
  const log = new TerminalLog({ stdout: stream, stderr: stream, folder: '/', env: {}, signal: new AbortController().signal });
  log.error('slipped', { hook: 'sampling.step', job: 'j', step: 1 });
  log.error('out of luck', { job: 'j' });
  await new Promise(setImmediate);
  expect(text()).toBe('armature: error: out of luck\n');
  log.tellFaults();
  log.tellFaults();
  await new Promise(setImmediate);
  expect(text()).toBe('armature: error: out of luck\narmature: error: slipped\n');
});

it('has the exit codes of docs/cli.md', async () => {
  const page = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  expect(rows).toEqual(exitCodes);
});
