import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-file.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (script: string, args: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [join(root, script), ...args]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (piece) => {
      stdout += piece;
    });
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    child.on('close', (code) => done({ code, stdout, stderr }));
  });

// A small one of `npm run chaos`. It finds the runtime process in /proc.
it.runIf(process.platform === 'linux')(
  'loses no job and leaves no half file, however its processes are killed',
  { timeout: 240_000 },
  async () => {
    const { code, stdout, stderr } = await run('tools/chaos/main.js', ['--jobs', '12', '--server-kills', '2', '--runtime-kills', '2']);
    expect(stderr.split('\n').filter((line) => line.startsWith('!'))).toEqual([]);
    expect(stdout).toContain('2 kills of the server, 2 of its runtime');
    expect(stdout).toContain('12 results, 0 lost, 0 duplicated, 0 partial files');
    expect(stdout).toContain('exit after SIGTERM: 0');
    expect(code).toBe(0);
  },
);
