/** Rungs on which taps of one hook are ordered; within a rung the extension order decides. Any number between is legal. */
export const Stage = Object.freeze({ First: -1000, Early: -100, Default: 0, Restore: 50, Upscale: 60, Late: 100, Last: 1000 } as const);
