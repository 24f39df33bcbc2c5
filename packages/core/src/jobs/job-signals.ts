/** The abort signal of one job. */
export interface JobSignal {
  readonly signal: AbortSignal;
  /** The job has ended: the signals it followed let go of it. */
  close(): void;
}

/**
 * Gives every job a signal of its own that follows others. Each followed signal has one listener, however many jobs wait for
 * it: Node warns of a leak from the eleventh on.
 */
export class JobSignals {
  readonly #open = new Set<AbortController>();
  readonly #followers = new Map<AbortSignal, Set<AbortController>>();

  open(...followed: readonly (AbortSignal | undefined)[]): JobSignal {
    const controller = new AbortController();
    this.#open.add(controller);
    const leaders = followed.filter((signal) => signal !== undefined);
    for (const leader of leaders) this.#follow(leader, controller);
    return {
      signal: controller.signal,
      close: () => {
        this.#open.delete(controller);
        for (const leader of leaders) this.#leave(leader, controller);
      },
    };
  }

  abortAll(reason: unknown): void {
    for (const controller of this.#open) controller.abort(reason);
  }

  #follow(leader: AbortSignal, controller: AbortController): void {
    const known = this.#followers.get(leader);
    if (leader.aborted) controller.abort(leader.reason);
    else if (known) known.add(controller);
    else {
      this.#followers.set(leader, new Set([controller]));
      leader.addEventListener('abort', this.#aborted, { once: true });
    }
  }

  #leave(leader: AbortSignal, controller: AbortController): void {
    const followers = this.#followers.get(leader);
    if (!followers?.delete(controller) || followers.size > 0) return;
    this.#followers.delete(leader);
    leader.removeEventListener('abort', this.#aborted);
  }

  readonly #aborted = ({ target }: Event): void => {
    const leader = target as AbortSignal;
    for (const controller of this.#followers.get(leader) ?? []) controller.abort(leader.reason);
    this.#followers.delete(leader);
  };
}
