/** What the matchers read of vitest's matcher state. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly testPath?: string;
  readonly currentTestName?: string;
  readonly task?: { readonly id: string };
  readonly snapshotState: SnapshotState;
}

/** The snapshots of a test file; what is counted here stands in vitest's summary. */
export interface SnapshotState extends Readonly<Record<SnapshotOutcome, { increment(test: string): void }>> {
  /** `all`: run with `-u`; `none`: in CI, nothing new is written. */
  readonly snapshotUpdateState: 'all' | 'new' | 'none';
}
export type SnapshotOutcome = 'added' | 'matched' | 'unmatched' | 'updated';

/** A matcher's verdict. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}
