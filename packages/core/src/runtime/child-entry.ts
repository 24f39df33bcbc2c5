import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HostError } from '@armature/sdk/host';

/**
 * The built entry of the runtime's own process. It is always the one in `dist`: a process of its own cannot run the
 * TypeScript sources that a test runner shows us, so `tsc -b` comes before tests.
 *
 * @throws HostError RUNTIME_START when it was not built.
 */
export function childEntry(): string {
  const require = createRequire(import.meta.url);
  const entry = join(dirname(require.resolve('@armature/core/package.json')), 'dist', 'runtime', 'child', 'main.js');
  if (!existsSync(entry)) throw new HostError('RUNTIME_START', { problem: `${entry} does not exist; run "npm run build"` });
  return entry;
}
