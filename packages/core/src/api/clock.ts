/** The host's time: what deadlines of extensions and the dates of saved files are read from. What is measured stays real. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, when so many milliseconds have gone by. @returns a function that takes it back. */
  after(milliseconds: number, fn: () => void): () => void;
}

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  after(milliseconds: number, fn: () => void) {
    const timer = setTimeout(fn, milliseconds);
    return () => clearTimeout(timer);
  },
});
