import type { StepInfo } from '@armature/sdk';

/** How much of a run the original believes is done: it asks for the step that was reported last. */
export class ReportedShare {
  #last = { index: -1, call: -1, at: 0 };

  /** Of 0…1, asked once for each denoiser call: the step before, or this one in a second call of it. */
  at({ index, call, steps }: StepInfo): number {
    const last = this.#last;
    if (call < last.call || index < last.index) this.#last = { index, call, at: 0 };
    else if (index !== last.index) this.#last = { index, call, at: Math.max(0, index - 1) };
    else if (call !== last.call) this.#last = { index, call, at: index };
    return this.#last.at / steps;
  }
}
