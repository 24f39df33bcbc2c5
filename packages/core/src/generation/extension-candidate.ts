import type { HostError } from '@armature/sdk';
import type { Manifest } from './manifest.js';

/** What an extension's entry file gave, and a digest of the code behind it. */
export interface LoadedDefinition {
  readonly definition: unknown;
  readonly digest: string;
}

/** An extension that was found; none of its code has run. */
export interface ExtensionCandidate {
  /** File, folder or place in the configuration. */
  readonly origin: string;
  /** Where the files stand that it came with; a single script and a bare definition have none. */
  readonly folder?: string | undefined;
  /** The file its code starts in; a bare definition has none. */
  readonly entry?: string;
  /** The manifest, or why it cannot be one. */
  readonly manifest: Manifest | HostError;
  /** Set when the user has not allowed it yet. */
  readonly consent?: HostError;
  load(): Promise<LoadedDefinition>;
}
