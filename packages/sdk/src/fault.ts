/** What went wrong in an extension: recorded, attributed, returned to the caller. */
export interface Fault {
  /** A code of the error table, `EXT_TAP_THREW` and so on. */
  readonly code: string;
  readonly extension: string;
  /** `sampling.guided`, `setup`, `dispose`. */
  readonly hook: string;
  /** Absent outside jobs. */
  readonly job?: string;
  readonly step?: number;
  readonly message: string;
  readonly cause?: unknown;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
