import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { run } from '@armature/cli';

const bin = fileURLToPath(new URL('../../packages/cli/bin/armature.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stderr or stdout has said `text`. */
  said(text: string): Promise<void>;
  /** What stderr has said so far. */
  told(): string;
}

/** A folder of its own for each test, with the program's data folder inside it. */
export class Desk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Desk> {
    return new Desk(await mkdtemp(join(tmpdir(), 'armature-cli-')));
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** Starts the product command here. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: this.folder,
      env: { ...process.env, ARMATURE_DATA: this.path('data'), npm_lifecycle_event: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => {
      stdout += piece;
    });
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, stdout, stderr })));
    const said = async (text: string): Promise<void> => {
      while (!stderr.includes(text) && !stdout.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without saying "${text}": ${stderr}`);
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    return { child, ended, said, told: () => stderr };
  }

  /** Runs a command in this process: the same but for the start, the build and the signals. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const code = await run(args, {
      stdout,
      stderr,
      folder: this.folder,
      env: { ARMATURE_DATA: this.path('data'), ...env },
      signal: new AbortController().signal,
    });
    return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
  }
}
