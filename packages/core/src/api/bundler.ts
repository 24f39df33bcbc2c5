/** Something outside its own code that an extension reaches for. */
export interface ImportedModule {
  /** A module of Node (`node:fs`), a native add-on (`./blur.node`), or a global of that power (`fetch`, `process.env`). */
  readonly module: string;
  /** The file that names it, as seen from the entry's folder. */
  readonly file: string;
}

/** Turns TypeScript into a JavaScript module file; provided by `@armature/compose`, absent in composed builds. */
export interface Bundler {
  /** Bundles `entry` into one importable file and returns its path. `@armature/sdk`, `@armature/nn` and `zod` stay the host's own. */
  bundle(entry: string): Promise<string>;
  /** Loads `entry` itself, so that its code can be forgotten with its generation (`armature dev`). Undefined: bundle and import it. */
  load?(entry: string): Promise<{ readonly exports: { readonly default?: unknown }; readonly digest: string } | undefined>;
  /**
   * What the code of `entry` and of all it brings along reaches for, dynamic imports of a fixed name among it; held against the
   * manifest before any of it runs. Absent: nothing is looked at. @throws HostError EXT_IMPORT
   */
  imports?(entry: string): Promise<readonly ImportedModule[]>;
}
