let lives = 0;

/** The number of a new runtime life. Unique in this process, so that a handle of one runtime is never mistaken for another's. */
export const nextEpoch = (): number => ++lives;
