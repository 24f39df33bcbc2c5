/** What the matchers read of vitest's matcher state. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly testPath?: string;
  readonly currentTestName?: string;
  /** `all`: run with `-u`; `none`: in CI, nothing new is written. */
  readonly snapshotState: { readonly snapshotUpdateState: 'all' | 'new' | 'none' };
}

/** A matcher's verdict. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}
