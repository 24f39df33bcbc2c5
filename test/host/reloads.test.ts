import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from '../source-file.js';

interface Report {
  readonly made: number;
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
  readonly alive: number;
}

/** The short form of `bench/reload.js`, whose long form also compares the heap. */
it('loses no job, mixes no generations and keeps none while an extension is edited 20 times', async () => {
  const args = ['--expose-gc', 'bench/reload.js', '--reloads', '20', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const { made, lost, wrong, alive } = JSON.parse(stdout) as Report;
  expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
  expect(alive).toBe(1);
  expect(made).toBeGreaterThanOrEqual(20);
});
