import { randomBytes } from 'node:crypto';
import { HostError } from '@armature/sdk/host';
import type { GenerationTab } from './generation-fields.js';
import { Task } from './task.js';

/** Ended tasks that are remembered by their ids, as the webui does. */
const remembered = 16;

/** The generations that were asked for over HTTP, first come first. */
export class TaskBoard {
  readonly #limit: number;
  readonly #tasks = new Set<Task>();
  readonly #ended: string[] = [];
  #last: Task | undefined;
  #closed = false;

  /** @param limit how many may wait */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws HostError SERVER_BUSY */
  open(tab: GenerationTab, id: string | null): Task {
    const waiting = this.waiting.length;
    if (this.#closed || waiting > this.#limit || (waiting === this.#limit && this.current)) {
      throw new HostError('SERVER_BUSY', { waiting, limit: this.#limit });
    }
    const task = new Task(id || `task(${tab}-${randomBytes(4).toString('hex').slice(0, 7)})`, tab);
    this.#tasks.add(task);
    return task;
  }

  close(task: Task): void {
    if (!this.#tasks.delete(task)) return;
    if (task.started !== undefined) this.#last = task;
    this.#ended.push(task.id);
    if (this.#ended.length > remembered) this.#ended.shift();
  }

  /** The one at work. */
  get current(): Task | undefined {
    return [...this.#tasks].find(({ started }) => started !== undefined);
  }

  /** The last that was at work and has ended. */
  get last(): Task | undefined {
    return this.#last;
  }

  get waiting(): readonly Task[] {
    return [...this.#tasks].filter(({ started }) => started === undefined);
  }

  hasEnded(id: string): boolean {
    return this.#ended.includes(id);
  }

  /** Takes no more, and ends those there are. */
  shut(reason: unknown): void {
    this.#closed = true;
    for (const task of this.#tasks) task.cancel(reason);
  }
}
