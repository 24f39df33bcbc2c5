import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Tests import packages by name, that is their `dist`: bring it up to date once, before the first test.
 * Type errors do not stop the tests (JavaScript is written all the same); `npm test` checks types before it comes here.
 */
export function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const build = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (build.error) throw build.error;
  const errors = build.stdout.split('\n').filter((line) => line.includes('error TS')).length;
  if (errors > 0) console.warn(`tsc -b: ${errors} type errors; run it to see them`);
}
