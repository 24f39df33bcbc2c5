/** Key of a session: whose weights, then everything that shapes its graph. */
export const sessionKey = (weightsId: string, ...shape: readonly unknown[]): string => JSON.stringify([weightsId, ...shape]);

/** What the keys of all sessions on these weights begin with. */
export const sessionPrefix = (weightsId: string): string => `${JSON.stringify([weightsId]).slice(0, -1)},`;
