import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/cli/bin/armature.js', import.meta.url));

export const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** `armature serve` in a process of its own, which may be killed and started again. */
export class Served {
  #child;
  #said = '';
  address = '';

  /** `folder` is its working folder, `data` its data folder, `args` go to the command, `node` to Node. */
  constructor({ folder, data, args = [], node = [] }) {
    this.folder = folder;
    this.data = data;
    this.args = args;
    this.node = node;
  }

  get pid() {
    return this.#child?.pid;
  }

  async start() {
    this.#said = '';
    const child = spawn(process.execPath, [...this.node, bin, 'serve', '--port', '0', ...this.args], {
      cwd: this.folder,
      env: { ...process.env, ARMATURE_DATA: this.data, npm_lifecycle_event: '' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr.on('data', (piece) => {
      this.#said = (this.#said + piece).slice(-20_000);
    });
    while (!this.#said.includes('listening on ')) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${this.#said}`);
      await wait(20);
    }
    this.address = /listening on (\S+)/.exec(this.#said)?.[1] ?? '';
  }

  /** @returns once the process is gone */
  async kill(signal = 'SIGKILL') {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = new Promise((done) => child.once('close', done));
    child.kill(signal);
    return gone;
  }

  /** What a module that was loaded with `--import` answers to a message. */
  async report() {
    const answered = new Promise((done) => this.#child.once('message', done));
    this.#child.send('report');
    return answered;
  }

  /** The runtime process of this server; undefined while it has none. */
  async runtimePid() {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').catch(() => '');
    for (const pid of text.split(' ').filter(Boolean)) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (command.includes('runtime/child/main.js')) return Number(pid);
    }
    return undefined;
  }

  /** Kills the runtime process, waiting for one to be there. */
  async killRuntime() {
    for (;;) {
      const pid = await this.runtimePid();
      if (pid !== undefined) return process.kill(pid, 'SIGKILL');
      await wait(20);
    }
  }

  /** JSON of an answer; undefined when the server is not there. */
  async ask(path, { method = 'GET', body, headers = {} } = {}) {
    try {
      const answer = await fetch(`${this.address}${path}`, {
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      });
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    } catch {
      return undefined;
    }
  }
}
