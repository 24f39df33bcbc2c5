import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where `.ci/run` installs the Python clients (`test/compat/requirements.txt`). */
const installed = fileURLToPath(new URL('../../node_modules/.cache/compat-python/bin/python', import.meta.url));

/** The Python that has the clients. @throws Error where they are not installed: these tests do not pass by being left out. */
export function clientPython(): string {
  if (existsSync(installed)) return installed;
  throw new Error('The Python clients are not installed: run sh test/compat/install-clients.sh');
}
