import type { Terminal } from '../terminal.js';

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Tells the exit code of a command that ended without an error. */
  readonly done: (code: number) => void;
}
