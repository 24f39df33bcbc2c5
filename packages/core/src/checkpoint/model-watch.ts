import { FolderWatch } from './folder-watch.js';

/** The model folders at one moment. */
export interface FolderView {
  /** Every folder that was looked into, and those that would be if they were there. */
  readonly folders: ReadonlySet<string>;
  /** Kind → what changes with any of its files: paths, sizes and times. */
  readonly states: ReadonlyMap<string, string>;
}

export interface WatchPlan {
  look(): Promise<FolderView>;
  /** Kinds whose files have changed and now stay as they are. */
  changed(kinds: readonly string[]): void;
}

/** Between two looks that must be the same before a change counts, ms: a file that is being copied grows. */
const calm = 250;
/** Folders on a network or behind a virtual machine send no events: there a look now and then, ms. */
const between = 10_000;

/**
 * Looks at the model folders whenever something happens in them, and from time to time. A kind counts as changed once two looks in a row
 * have found the same, so a file is not announced while it grows. Nothing here keeps the process alive.
 */
export class ModelWatch {
  readonly #plan: WatchPlan;
  readonly #watch = new FolderWatch(() => this.#soon(calm));
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;
  /** What was announced, and what the last look has found. */
  #known: ReadonlyMap<string, string> | undefined;
  #seen: ReadonlyMap<string, string> = new Map();
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(plan: WatchPlan) {
    this.#plan = plan;
  }

  /** Begins; later: which folders are looked into may have changed. */
  start(): void {
    this.#soon(0);
  }

  /** Nothing is looked at or announced afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watch.close();
    await this.#looking;
  }

  #soon(wait: number): void {
    const due = performance.now() + wait;
    if (this.#closed || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#looking = this.#looking.then(() => this.#look());
    }, wait).unref();
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    const start = performance.now();
    // A folder that cannot be read now may be readable later.
    const view = await this.#plan.look().catch(() => undefined);
    if (this.#closed) return;
    if (!view) return this.#soon(between);
    this.#watch.use(view.folders);
    const { states } = view;
    // What was there at the start is no change.
    this.#known ??= states;
    const differing = [...states].filter(([kind, state]) => this.#known?.get(kind) !== state);
    const settled = differing.filter(([kind, state]) => this.#seen.get(kind) === state);
    this.#seen = states;
    this.#known = new Map([...this.#known, ...settled]);
    if (settled.length > 0) this.#plan.changed(settled.map(([kind]) => kind));
    // Folders with very many files are not looked at all the time.
    this.#soon(differing.length > settled.length ? Math.max(calm, 4 * (performance.now() - start)) : between);
  }
}
