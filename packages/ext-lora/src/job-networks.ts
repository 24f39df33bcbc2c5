import type { JobInfo, JobScope } from '@armature/sdk';
import type { NetworkFile } from './network-file.js';
import type { NetworkStore } from './network-store.js';
import type { TroubleBook } from './trouble-book.js';
import { type NetworkWish, networkWish, type WantedNetwork } from './wanted-network.js';

type Tags = Parameters<typeof networkWish>[0][];

/** What a job's prompts have asked for so far. */
interface JobState {
  /** By kind of tag: `lora` and `lyco` may stand beside each other. */
  readonly byKind: ReadonlyMap<string, readonly WantedNetwork[]>;
  /** Name in the prompt → hash; the second run adds to those of the first. */
  readonly hashes: ReadonlyMap<string, Promise<string | undefined>>;
  /** Every file that was in force, by its name in the prompt, and the checkpoints it changed. */
  readonly files: ReadonlyMap<string, NetworkFile>;
  readonly checkpoints: ReadonlySet<string>;
}

const nothing: JobState = { byKind: new Map(), hashes: new Map(), files: new Map(), checkpoints: new Set() };

/** The networks in force, by job. */
export class JobNetworks {
  readonly #store: NetworkStore;
  readonly #jobs = new Map<JobInfo, JobState>();

  constructor(store: NetworkStore) {
    this.#store = store;
  }

  /** Takes what the tags of a prompt name; files that are missing or broken are left out and told. @throws HostError PROMPT_INVALID for a strength that is no number. */
  async activate(kind: string, tags: Readonly<Tags>, { job, log }: JobScope): Promise<void> {
    const wishes = tags.map((tag) => networkWish(tag));
    const state = this.#jobs.get(job) ?? nothing;
    const hashes = new Map(state.hashes);
    const files = new Map(state.files);
    const wanted: WantedNetwork[] = [];
    const missing: string[] = [];
    for (const wish of wishes) {
      const found = await this.#store.find(wish.name);
      if (!found) missing.push(wish.name);
      const file = found && (await this.#open(found, log));
      if (!found || !file) continue;
      // The reference loads a name once: its last mention sets the strength of all.
      const last = wishes.findLast(({ name }) => name === wish.name) as NetworkWish;
      wanted.push({ ...last, file });
      files.set(wish.name, file);
      hashes.set(wish.name.replace(/[:,]/g, ''), this.#store.shortHash(found, file));
    }
    if (missing.length > 0) log.warn(`Lora not found: ${missing.join(', ')}`, { names: missing });
    this.#jobs.set(job, { ...state, byKind: new Map(state.byKind).set(kind, wanted), hashes, files });
    await this.#store.tidy(this.#inUse());
  }

  async #open(found: Parameters<NetworkStore['open']>[0], log: JobScope['log']): Promise<NetworkFile | undefined> {
    try {
      return await this.#store.open(found);
    } catch (error) {
      log.error(`LoRA ${found.name} is left out: ${error instanceof Error ? error.message : String(error)}`, { path: found.path });
      return undefined;
    }
  }

  /** In the order of the prompt. */
  of(job: JobInfo): readonly WantedNetwork[] {
    return [...(this.#jobs.get(job)?.byKind.values() ?? [])].flat();
  }

  /** `name: hash, name: hash`; undefined where there is none. */
  async hashesOf(job: JobInfo): Promise<string | undefined> {
    const lines: string[] = [];
    for (const [name, hash] of this.#jobs.get(job)?.hashes ?? []) {
      const known = await hash;
      if (known) lines.push(`${name}: ${known}`);
    }
    return lines.length === 0 ? undefined : lines.join(', ');
  }

  /** The job's networks change a checkpoint. */
  uses(job: JobInfo, checkpoint: string): void {
    const state = this.#jobs.get(job);
    if (state && this.of(job).length > 0) this.#jobs.set(job, { ...state, checkpoints: new Set(state.checkpoints).add(checkpoint) });
  }

  /** What did not work out in a job. */
  troubles(job: JobInfo, book: TroubleBook): readonly string[] {
    const { files, checkpoints } = this.#jobs.get(job) ?? nothing;
    return [...files].flatMap(([name, file]) => book.lines(name, file, checkpoints));
  }

  /** A job is over. */
  async forget(job: JobInfo): Promise<void> {
    this.#jobs.delete(job);
    await this.#store.tidy(this.#inUse());
  }

  /** Lets go of files that no job has: somebody has changed the folder, and may want to put others in their place. */
  async letGo(): Promise<void> {
    await this.#store.tidy(this.#inUse(), 0);
  }

  #inUse(): ReadonlySet<NetworkFile> {
    return new Set([...this.#jobs.keys()].flatMap((job) => this.of(job).map(({ file }) => file)));
  }
}
