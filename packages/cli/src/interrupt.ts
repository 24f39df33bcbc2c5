const names = ['SIGINT', 'SIGTERM'] as const;

export interface Interrupts {
  readonly signal: AbortSignal;
  /** The first signal that came. */
  received(): (typeof names)[number] | undefined;
}

/** npm hands on a Ctrl-C that the terminal has sent us already: both are one wish. */
const oneWish = 400;

/** The first Ctrl-C aborts the signal, so that work ends in order; a later one ends the process at once. */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  let first: (typeof names)[number] | undefined;
  let at = 0;
  for (const name of names) {
    process.on(name, () => {
      if (first === undefined) {
        first = name;
        at = performance.now();
        process.stderr.write('\narmature: stopping after this step (press Ctrl-C again to kill)\n');
        controller.abort();
      } else if (performance.now() - at > oneWish) {
        process.exit(130);
      }
    });
  }
  return { signal: controller.signal, received: () => first };
}
