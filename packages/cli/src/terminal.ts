/** A stream of text and what is known about the window behind it. */
export interface TextStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Everything a command may touch of the process it runs in. */
export interface Terminal {
  /** What was asked for: paths, tables, JSON. */
  readonly stdout: TextStream;
  /** Everything said beside it: progress, warnings, errors. */
  readonly stderr: TextStream;
  /** Folder that paths are relative to. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks the person there a question that yes or no answers; absent where nobody sits. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Aborted when the user asks the command to stop. */
  readonly signal: AbortSignal;
}
