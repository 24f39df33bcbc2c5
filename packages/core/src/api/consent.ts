/** What a user has agreed to: one extension, at one place, with these capabilities. */
export interface Consent {
  readonly id: string;
  /** The script's file or the package's folder, as its report's `origin` says it. */
  readonly path: string;
  readonly capabilities: readonly string[];
}
