import type { Logger } from '@armature/sdk';
import { createColors } from 'picocolors';
import type { Terminal } from '../terminal.js';

const isJobFault = (data: { readonly hook?: unknown; readonly job?: unknown } = {}): boolean =>
  data.hook !== undefined && data.job !== undefined;

/** The host's log on stderr: warnings and errors, the rest only with `ARMATURE_DEBUG`. */
export class TerminalLog implements Logger {
  readonly #terminal: Terminal;
  readonly #colors: ReturnType<typeof createColors>;
  #held: string[] | undefined;
  readonly #faults: string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#colors = createColors(Boolean(terminal.stderr.isTTY) && !terminal.env.NO_COLOR);
  }

  debug(message: string, data?: object): void {
    if (this.#terminal.env.ARMATURE_DEBUG) this.#write(this.#colors.dim(`armature: ${message}${data ? ` ${JSON.stringify(data)}` : ''}`));
  }

  info(message: string, data?: object): void {
    this.debug(message, data);
  }

  warn(message: string): void {
    this.#write(this.#colors.yellow(`armature: warning: ${message}`));
  }

  /** A fault of a job is kept back: the job's result tells it better. */
  error(message: string, data?: object): void {
    const line = this.#colors.red(`armature: error: ${message}`);
    if (isJobFault(data)) this.#faults.push(line);
    else this.#write(line);
  }

  /** For a job that ended without a result. */
  tellFaults(): void {
    for (const line of this.#faults.splice(0)) this.#write(line);
  }

  /** Keeps lines back while a progress bar is drawn; `release` writes them. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const lines = this.#held ?? [];
    this.#held = undefined;
    for (const line of lines) this.#write(line);
  }

  #write(line: string): void {
    if (this.#held) this.#held.push(line);
    else this.#terminal.stderr.write(`${line}\n`);
  }
}
