/** What is going away, and what to use in its place. */
export interface Deprecation {
  /** Version of `@armature/sdk` that said so first. */
  readonly since: string;
  /** What to write instead, as one sentence without its full stop. */
  readonly instead: string;
}

/**
 * By name: `hook sampling.guided` · `token armature.storage` · `contribution upscaler` · `field sampler.aliases` (a member of a
 * contribution).
 */
export type Deprecations = Readonly<Record<string, Deprecation>>;

/** Everything of the extension API that is deprecated. An extension that uses it works, and is told once: EXT_DEPRECATED. */
export const deprecations: Deprecations = Object.freeze({});
