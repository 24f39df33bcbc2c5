import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { checkServer } from './check-server.js';
import type { ProductManifest } from './describe-product.js';

/** Opens a host out of the module product in the working folder and prints its extensions. */
const openModule = `
import { createHost } from './index.js';
const host = await createHost({ data: process.env.ARMATURE_DATA });
process.stdout.write(JSON.stringify(host.extensions()));
await host.dispose();
`;

/** How long a start may take, milliseconds. */
const limit = 60_000;

/**
 * Starts a product, without making a picture; a server is also asked for its health.
 * @throws HostError BUILD_CHECK when it does not start, does not answer, or an extension of it is not active
 */
export async function checkProduct(out: string, { target, entry, extensions, external }: ProductManifest): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'armature-check-'));
  const failed = (problem: string): HostError => new HostError('BUILD_CHECK', { path: out, problem });
  try {
    const args = target === 'module' ? ['--input-type=module', '--eval', openModule] : [entry, 'extensions', '--json'];
    const env = { ...process.env, ARMATURE_DATA: data };
    const { code, stdout, stderr } = await start(args, out, env);
    const missing = Object.keys(external).find((name) => stderr.includes(`Cannot find package '${name}'`));
    if (missing) throw failed(`${missing} is not installed there; run npm install in that folder first`);
    if (code !== 0) throw failed(`it ended with ${code}: ${stderr.trim().slice(-400)}`);
    const reports = JSON.parse(stdout) as readonly { readonly id: string; readonly state: string }[];
    for (const { id } of extensions) {
      const state = reports.find((report) => report.id === id)?.state ?? 'missing';
      if (state !== 'active') throw failed(`${id} is ${state}`);
    }
    const trouble = target === 'server' ? await checkServer(entry, out, env) : undefined;
    if (trouble !== undefined) throw failed(trouble);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
      killSignal: 'SIGKILL',
    });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (part: string) => {
        text[name] += part;
      });
    }
    child.once('error', fail);
    child.once('close', (code, signal) => done({ code: code ?? signal, ...text }));
  });
}
