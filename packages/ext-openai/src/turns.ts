import { InvalidRequest } from './invalid-request.js';

/** One request after the other: pictures asked for through the pipeline wait for nobody by themselves. */
export class Turns {
  readonly #most: number;
  readonly #closing = new AbortController();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws InvalidRequest (429) when too many wait already */
  async take<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most) {
      throw new InvalidRequest('request', `${this.#most} requests wait already; send it again later`, { status: 429, code: 'rate_limit' });
    }
    this.#waiting += 1;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const turn = this.#last.then(() => {
      this.#waiting -= 1;
      either.throwIfAborted();
      return work(either);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends what waits and what is at work. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }
}
