import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Tells that something happens in some folders, not what. Node's own `fs.watch` on each folder: chokidar also opens a watcher for
 * every file (502 for 500 files in one folder, against 2 here), and what both are weak at, the names in events, nobody reads.
 * Nothing here keeps the process alive.
 */
export class FolderWatch {
  readonly #touched: () => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(touched: () => void) {
    this.#touched = touched;
  }

  /** From here on these folders, and no others. In place of one that is not there, the nearest above it. */
  use(folders: Iterable<string>): void {
    const wanted = new Set([...folders].map(nearest));
    for (const [folder, watcher] of this.#watchers) if (!wanted.has(folder)) this.#close(folder, watcher);
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#open(folder);
  }

  close(): void {
    this.use([]);
  }

  /** One that cannot be watched (a limit of the system, a file system without events) is left to whoever looks from time to time. */
  #open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#touched());
      this.#watchers.set(folder, watcher);
      watcher.on('error', () => {
        this.#close(folder, watcher);
        this.#touched();
      });
    } catch {
      // Looked at again with the next `use`.
    }
  }

  #close(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
  }
}

function nearest(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return found;
}
