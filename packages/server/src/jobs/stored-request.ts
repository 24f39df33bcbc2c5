import type { RequestInput } from '@armature/core';

/** What a job needs to make the same picture again after anything. JSON: pictures are base64. */
export interface StoredRequest {
  /** Its seeds are drawn. */
  readonly request: RequestInput;
  /** The host's options when the job was accepted. */
  readonly settings: Readonly<Record<string, unknown>>;
}
