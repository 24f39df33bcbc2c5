import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientPython } from './client-python.js';
import { type Serving, startServing } from './serving.js';

const script = fileURLToPath(new URL('webuiapi_calls.py', import.meta.url));

interface CallResult {
  readonly call: string;
  readonly problem: string | null;
}

async function runCalls(port: number, login: readonly string[] = []): Promise<readonly CallResult[]> {
  const { stdout } = await promisify(execFile)(clientPython(), [script, String(port), ...login], { maxBuffer: 2 ** 24, timeout: 300_000 });
  return stdout.split('\n').flatMap((line) => (line.startsWith('RESULT ') ? [JSON.parse(line.slice(7)) as CallResult] : []));
}

let serving: Serving;
beforeAll(async () => {
  serving = await startServing(['--user', 'me:secret']);
});
afterAll(async () => {
  expect(await serving.stop()).toBe(0);
});

it('webuiapi: every call whose route is there works, behind a login', { timeout: 300_000 }, async () => {
  const results = await runCalls(serving.port, ['me', 'secret']);
  expect(results.length).toBeGreaterThan(40);
  expect(results.filter(({ problem }) => problem !== null)).toEqual([]);
  console.log(`webuiapi: ${results.length} calls`);
});

it('webuiapi: without the password no call goes through', async () => {
  const results = await runCalls(serving.port, ['me', 'wrong']);
  const passed = results.filter(({ call, problem }) => problem === null && !call.endsWith('is_told'));
  expect(passed.map(({ call }) => call)).toEqual([]);
});
