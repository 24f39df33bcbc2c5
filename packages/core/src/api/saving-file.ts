/** A file that a job is about to make. */
export interface SavingFile {
  /** Absolute. A file is first written beside its place, which is told too; a name turns out to be taken now and then. */
  readonly path: string;
  /** SHA-256 of its bytes, hex. */
  readonly digest: string;
  /** The file that gets this name; undefined while it is not there. Another file of the same bytes has another one. */
  readonly inode: string | undefined;
}
