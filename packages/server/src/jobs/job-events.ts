import type { StoredJob } from './stored-job.js';

/** Something that happened to a job. */
export interface JobEvent {
  /** Place in the stream of this server's life: `<life>-<number>`. */
  readonly id: string;
  readonly job: string;
  readonly type: 'queued' | 'started' | 'progress' | 'preview' | 'fault' | 'requeued' | 'end';
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventListener {
  /** Only of this job; undefined: of all. */
  readonly job: string | undefined;
  readonly previews: boolean;
  heard(event: JobEvent): void;
}

/** Events kept for clients that come back. */
const kept = 2000;

/** Tells listeners what happens to jobs, and those that come back what they missed. */
export class JobEvents {
  readonly #life = Date.now().toString(36);
  readonly #listeners = new Set<EventListener>();
  readonly #past: JobEvent[] = [];
  #number = 0;

  tell(job: Pick<StoredJob, 'id'>, type: JobEvent['type'], data: JobEvent['data']): void {
    this.#number += 1;
    const event = Object.freeze({ id: `${this.#life}-${this.#number}`, job: job.id, type, data });
    // A preview is worth nothing later.
    if (type !== 'preview') this.#past.push(event);
    if (this.#past.length > kept) this.#past.splice(0, this.#past.length - kept);
    for (const listener of this.#listeners) if (concerns(listener, event)) listener.heard(event);
  }

  /** Whether anybody looks at previews of this job. */
  wantsPreviews(job: string): boolean {
    for (const listener of this.#listeners) if (listener.previews && (listener.job ?? job) === job) return true;
    return false;
  }

  /**
   * Hears what follows the event `after` and all that comes. @returns how to stop; undefined: nobody remembers that event, and
   * the caller begins with what is.
   */
  resume(listener: EventListener, after: string): (() => void) | undefined {
    const [life, number] = after.split('-');
    const first = this.#past[0];
    const at = Number(number);
    if (life !== this.#life || !Number.isInteger(at) || at > this.#number) return undefined;
    if (this.#number > kept && first && numberOf(first) > at + 1) return undefined;
    for (const event of this.#past) if (numberOf(event) > at && concerns(listener, event)) listener.heard(event);
    return this.listen(listener);
  }

  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

const concerns = (listener: EventListener, { job, type }: JobEvent): boolean =>
  (listener.job === undefined || listener.job === job) && (type !== 'preview' || listener.previews);

const numberOf = ({ id }: JobEvent): number => Number(id.split('-')[1]);
