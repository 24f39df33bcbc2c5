import type { Clock } from '../api/index.js';

/** How long extensions may take over what is theirs, and by whose time. */
export interface Deadline {
  readonly milliseconds: number;
  readonly clock: Clock;
}

/** Waits for work, but no longer than the deadline; what the work does after that is dropped. @throws whatever `late` makes. */
export function withinDeadline<T>(work: () => T | Promise<T>, { milliseconds, clock }: Deadline, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(milliseconds, () => reject(late()));
    const started = new Promise<T>((begin) => begin(work()));
    started.then(resolve, reject).finally(callOff);
  });
}
