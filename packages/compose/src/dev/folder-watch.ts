import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Editors write a file in several steps; ms without a further one. */
const CALM = 15;
/** A folder in which something is written all the time must not hold the build back, ms. */
const LONGEST = 150;

/** Watches folders, not files: an editor that replaces a file takes its watcher away with it. */
export class FolderWatch {
  readonly #changed: (since: number) => void;
  readonly #failed: (folder: string, error: unknown) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #since = 0;

  /** `changed` is called once after each burst of changes with the time of its first (`performance.now()`), `failed` for a folder that cannot be watched. */
  constructor(changed: (since: number) => void, failed: (folder: string, error: unknown) => void) {
    this.#changed = changed;
    this.#failed = failed;
  }

  /** From here on these folders, and no others. In place of one that is not there, the nearest above it. */
  use(folders: Iterable<string>): void {
    const wanted = new Set([...folders].map(nearest));
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#open(folder);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.use([]);
  }

  #open(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#touched());
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
        this.#touched();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#failed(folder, error);
    }
  }

  #touched(): void {
    const now = performance.now();
    if (this.#timer === undefined) this.#since = now;
    clearTimeout(this.#timer);
    const wait = Math.max(0, Math.min(CALM, this.#since + LONGEST - now));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#changed(this.#since);
    }, wait);
  }
}

function nearest(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return found;
}
