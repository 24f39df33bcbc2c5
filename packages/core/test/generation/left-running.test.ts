import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ExtensionDefinition } from '@armature/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { generationOf, sourceOf } from './generation-kit.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});
const listening = (): Server => createServer().listen(0, '127.0.0.1');

async function faultsOf(setup: ExtensionDefinition['setup']): Promise<readonly (string | undefined)[]> {
  const generation = await generationOf({ extensions: [sourceOf('a.leaky', { setup })] });
  expect(generation.extensions()[0]?.state).toBe('active');
  await generation.release();
  return generation.faults.map(({ code, message }) => `${code}: ${message}`);
}
const left = (what: string): string => `EXT_LEAK: a.leaky left ${what} running after it was disposed. Stop it in onDispose().`;

describe('what a setup leaves running', () => {
  it('is named: timers, also those that keep nothing alive, each kind once', async () => {
    const found = await faultsOf(() => {
      setInterval(() => {}, 1e6);
      setTimeout(() => {}, 1e6).unref();
    });
    expect(found).toEqual([left('a timer (2 times)')]);
  });

  it('is named: a server, a thread, a process, a file watch', async () => {
    const found = await faultsOf(async () => {
      await Promise.resolve();
      const server = listening();
      const thread = new Worker('setInterval(() => {}, 1e6)', { eval: true });
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
      const watcher = watch(tmpdir());
      undo.push(
        () => server.close(),
        () => thread.terminate(),
        () => child.kill('SIGKILL'),
        () => watcher.close(),
      );
    });
    expect(found).toHaveLength(1);
    for (const what of ['a server', 'a thread', 'a process', 'a file watch']) expect(found[0]).toContain(what);
  });

  it('is nothing when it was stopped, has ended, or is not the extension’s', async () => {
    const found = await faultsOf(async ({ onDispose }) => {
      const timer = setInterval(() => {}, 1e6);
      const server = listening();
      onDispose(() => clearInterval(timer));
      onDispose(() => new Promise<void>((resolve) => server.close(() => resolve())));
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    expect(found).toEqual([]);
  });

  it('goes with a setup that failed', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const setup = (): never => {
      setInterval(() => {}, 1e6);
      throw new Error('no');
    };
    const generation = await generationOf({ extensions: [sourceOf('a.leaky', { setup })] });
    expect(generation.extensions()[0]?.state).toBe('failed');
    // Those of others may have ended meanwhile.
    expect(timers()).toBeLessThanOrEqual(before);
    await generation.release();
  });

  it('goes with a setup that was given up, which then does not go on', async () => {
    const went: string[] = [];
    const hangs = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      went.push('on');
    };
    const generation = await generationOf({ hookTimeout: 20, extensions: [sourceOf('a.hangs', { setup: hangs })] });
    expect(generation.extensions()[0]?.cause?.code).toBe('EXT_TAP_HUNG');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(went).toEqual([]);
    await generation.release();
  });

  it('is looked for without a trace: later promises carry nothing of setups that have ended', async () => {
    const carried = (): number => Object.getOwnPropertySymbols(Promise.resolve()).length;
    const extensions = [sourceOf('a.calm', { setup: () => {} })];
    await (await generationOf({ extensions })).release();
    const before = carried();
    for (let round = 0; round < 3; round++) await (await generationOf({ extensions })).release();
    expect(carried()).toBe(before);
  });
});
