/** Waits for work, but no longer than `milliseconds`; what the work does after that is dropped. @throws whatever `late` makes. */
export function withinDeadline<T>(work: () => T | Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    const started = new Promise<T>((begin) => begin(work()));
    started.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
