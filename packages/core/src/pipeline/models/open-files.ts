/** A weights file that jobs share, in one state. */
export interface SharedFile {
  readonly path: string;
  /** Size and time it was opened with: another state is another file. */
  readonly state: string;
  users: number;
}

type Close<F> = (file: F) => Promise<void>;

/** Files by path that stay open while jobs use them; some more stay open, the least recently used goes first. */
export class OpenFiles<F extends SharedFile> {
  readonly #kept: number;
  /** Least recently used first. A file whose state has changed is found no more, and closed by its last user. */
  readonly #files = new Map<string, F>();

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** The file in this state, with one user more. */
  async take(path: string, state: string, open: () => F, close: Close<F>): Promise<F> {
    const known = this.#files.get(path);
    if (known && known.state !== state) {
      this.#files.delete(path);
      if (known.users === 0) await close(known);
    }
    const file = this.#files.get(path) ?? open();
    this.#files.delete(path);
    this.#files.set(path, file);
    file.users++;
    return file;
  }

  /** It is opened anew the next time; its last user closes it. */
  forget(file: F): void {
    if (this.#files.get(file.path) === file) this.#files.delete(file.path);
  }

  async giveBack(file: F, close: Close<F>): Promise<void> {
    file.users--;
    if (file.users === 0 && this.#files.get(file.path) !== file) await close(file);
    for (const [path, other] of [...this.#files]) {
      if (this.#files.size <= this.#kept) return;
      if (other.users > 0) continue;
      this.#files.delete(path);
      await close(other);
    }
  }

  async dispose(close: Close<F>): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const file of files) await close(file);
  }
}
