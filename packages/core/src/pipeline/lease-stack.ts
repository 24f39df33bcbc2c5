import type { Logger } from '@armature/sdk';

/** What a job holds, given back in reverse order. One that cannot be given back keeps none of the others. */
export class LeaseStack {
  readonly #log: Logger;
  readonly #held: (() => Promise<void>)[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  hold(giveBack: () => Promise<void>): void {
    this.#held.push(giveBack);
  }

  async release(): Promise<void> {
    for (let giveBack = this.#held.pop(); giveBack; giveBack = this.#held.pop()) {
      await giveBack().catch((error: unknown) => this.#log.warn(`Something a job held could not be given back: ${String(error)}`));
    }
  }
}
