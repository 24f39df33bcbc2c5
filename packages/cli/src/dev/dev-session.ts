import type { DevBundler } from '@armature/compose';
import type { ExtensionReport, Host, RequestInput } from '@armature/core';
import { type Fault, isHostError } from '@armature/sdk';
import { printSwap, printTrial, problemLines, type TracedProblem } from '../output/print-dev.js';
import type { Terminal } from '../terminal.js';
import type { DevLog } from './dev-log.js';
import { PictureTrial } from './picture-trial.js';

export interface DevParts {
  /** Absolute path of the extension's folder or file. */
  readonly path: string;
  readonly host: Host;
  readonly bundler: DevBundler;
  readonly log: DevLog;
  readonly terminal: Terminal;
  /** Folder of `dev.png`. */
  readonly out: string;
  /** The picture made after each swap; undefined: none. */
  readonly trial: (() => Promise<RequestInput>) | undefined;
}

/** Follows the changes of one extension: each becomes a generation of its own, or a message. */
export class DevSession {
  readonly #parts: DevParts;
  readonly #trial: PictureTrial;
  #turn: Promise<void> = Promise.resolve();
  #waiting = false;
  #closed = false;
  #broken = false;

  constructor(parts: DevParts) {
    this.#parts = parts;
    this.#trial = new PictureTrial(parts.host, parts.out);
  }

  /** Tells what the host has found, and follows changes from here on. */
  start(): void {
    const { host, bundler } = this.#parts;
    bundler.watch((since) => this.#changed(since));
    this.#tell(host, undefined);
    this.#try();
  }

  /** Ends everything this session has begun. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#trial.stop();
    await this.#turn;
  }

  /** Changes that come while one is worked on are one more turn. */
  #changed(since: number): void {
    if (this.#waiting || this.#closed) return;
    this.#waiting = true;
    this.#turn = this.#turn.then(async () => {
      this.#waiting = false;
      if (!this.#closed) await this.#follow(since).catch((error: unknown) => this.#failed(error));
    });
  }

  async #follow(since: number): Promise<void> {
    const { host, log, terminal } = this.#parts;
    const changed = await this.#rebuilt();
    if (changed === undefined) return;
    if (this.#broken && !changed) terminal.stdout.write('the code is again that of the last build\n');
    this.#broken = false;
    if (!changed) return;
    log.hold();
    let accepted = false;
    await host.reload({
      accept: (next) => {
        accepted = this.#find(next)?.state === 'active';
        if (!accepted) this.#tell(next, since);
        return accepted;
      },
    });
    if (!accepted) return;
    this.#tell(host, since);
    this.#try();
  }

  /** Whether there is something new; undefined: the sources are broken, and the author was told. */
  async #rebuilt(): Promise<boolean | undefined> {
    try {
      return await this.#parts.bundler.rebuild();
    } catch (error) {
      this.#broken = true;
      this.#say(this.#traced(error));
      return undefined;
    }
  }

  /** The host could not build the next generation: of a changed configuration folder, or a hook of startup. */
  #failed(error: unknown): void {
    this.#say(this.#traced(error));
    this.#parts.log.release('');
  }

  #tell(from: Pick<Host, 'extensions' | 'faults'>, since: number | undefined): void {
    const { host, bundler, log, terminal, path } = this.#parts;
    const report = this.#find(from);
    const warnings = report?.warnings ?? [];
    const told = from.faults().filter(({ extension }) => extension === report?.id);
    if (report?.state === 'active') printSwap(report, host, since === undefined ? undefined : performance.now() - since, terminal);
    for (const fault of told) this.#say(this.#traced(fault));
    for (const { code, message } of warnings) this.#say({ code, message: bundler.mapped(message), trace: [] });
    if (report && report.state !== 'active' && told.length === 0 && report.cause) this.#say({ ...report.cause, trace: [] });
    if (!report) this.#say({ code: 'EXT_MANIFEST', message: `there is no extension at ${path}.`, trace: [] });
    if (report?.state !== 'active' && since !== undefined) terminal.stderr.write('the generation before it stays in force\n');
    log.release([...told, ...warnings, report?.cause].map((said) => said?.message ?? '').join('\n'));
  }

  /** A picture of a generation that is no longer in force is nobody's wish. */
  #try(): void {
    const { trial, terminal, host } = this.#parts;
    if (!trial) return;
    const made = trial().then((request) => (this.#closed ? undefined : this.#trial.make(request)));
    const traced = (fault: Fault): TracedProblem => this.#traced(fault);
    made.then(
      (done) => done && printTrial(done, this.#find(host)?.id ?? '', traced, terminal),
      (error: unknown) => {
        if (!(isHostError(error) && ['JOB_CANCELLED', 'HOST_DISPOSED'].includes(error.code))) this.#say(this.#traced(error));
      },
    );
  }

  #find(from: Pick<Host, 'extensions'>): ExtensionReport | undefined {
    return from.extensions().find(({ origin }) => origin === this.#parts.path);
  }

  #say(problem: TracedProblem): void {
    for (const line of problemLines(problem)) this.#parts.terminal.stderr.write(`${line}\n`);
  }

  #traced(problem: unknown): TracedProblem {
    const { code = 'INTERNAL', message = String(problem), cause } = problem as Partial<Fault>;
    return { code, message, trace: this.#parts.bundler.trace(problem instanceof Error ? problem : cause) };
  }
}
