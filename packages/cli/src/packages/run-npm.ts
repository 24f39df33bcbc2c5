import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ErrorName } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Terminal } from '../terminal.js';

export interface NpmCall {
  /** Absolute path. */
  readonly folder: string;
  /** What errors call the package. */
  readonly about: string;
}

/** What a parent npm says about its own run, and would be taken for ours. */
const parents = /^npm_config_(?:workspaces?|global|location|prefix|local_prefix|dry_run|json|package_lock_only)$/i;

const codes: readonly (readonly [pattern: RegExp, code: ErrorName])[] = [
  [/^(?:E404|ETARGET|ENOVERSIONS)$/, 'PACKAGE_NOT_FOUND'],
  [
    /^(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT|E50\d|FETCH_ERROR)$/,
    'PACKAGE_UNREACHABLE',
  ],
];

/**
 * Runs the user's own npm, with the user's registry and login, and never an install script.
 * @returns what it answers with `--json`
 * @throws HostError PACKAGE_NOT_FOUND, PACKAGE_UNREACHABLE, PACKAGE_FAILED, JOB_CANCELLED
 */
export async function runNpm(args: readonly string[], { folder, about }: NpmCall, terminal: Terminal): Promise<unknown> {
  const flags = ['--json', '--ignore-scripts', '--no-update-notifier', '--fetch-retries=1', '--fetch-retry-mintimeout=500'];
  const { code, stdout, stderr } = await start([...args.slice(0, 1), ...flags, ...args.slice(1)], folder, terminal);
  if (terminal.env.ARMATURE_DEBUG) terminal.stderr.write(stderr);
  if (terminal.signal.aborted) throw new HostError('JOB_CANCELLED');
  const answer = readJson(stdout);
  if (code === 0) return answer;
  const { code: npmCode = '', summary = '' } = (answer as { error?: { code?: string; summary?: string } } | undefined)?.error ?? {};
  const problem = oneLine(summary) || lastLine(stderr) || `it ended with ${code}`;
  throw new HostError(codes.find(([pattern]) => pattern.test(npmCode))?.[1] ?? 'PACKAGE_FAILED', { package: about, problem });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], folder: string, terminal: Terminal): Promise<Ended> {
  const script = npmScript(terminal);
  const env = Object.fromEntries(Object.entries(terminal.env).filter(([name]) => !parents.test(name)));
  const [command, ...rest] = script === undefined ? ['npm', ...args] : [process.execPath, script, ...args];
  return new Promise((done, fail) => {
    const child = spawn(command ?? '', rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], signal: terminal.signal });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    child.stdout.on('data', (piece) => {
      stdout += piece;
    });
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    child.on('error', (error) => {
      if (terminal.signal.aborted) done({ code: null, stdout, stderr });
      else fail(new HostError('PACKAGE_FAILED', { package: 'the package', problem: `npm could not be started: ${error.message}` }));
    });
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** npm's own file: the one that runs us, or the one that came with this Node. Undefined: whatever is on the path. */
function npmScript({ env }: Terminal): string | undefined {
  const home = dirname(process.execPath);
  const beside = ['node_modules', '../lib/node_modules'].map((path) => join(home, path, 'npm/bin/npm-cli.js'));
  return [env.npm_execpath, ...beside].find((path) => path !== undefined && basename(path) === 'npm-cli.js' && existsSync(path));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const oneLine = (text: string): string =>
  text
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replace(/\.$/, '');
const lastLine = (text: string): string =>
  oneLine(
    text
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('npm error'))
      .at(0) ?? '',
  );
