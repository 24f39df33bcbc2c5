import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Tests import packages by name, that is their `dist`: bring it up to date once, before the first test. */
export function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { cwd: root, stdio: 'inherit' });
}
