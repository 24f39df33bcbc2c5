/** `server` is known and has no answer yet. */
export const buildTargets = ['cli', 'module', 'server'] as const;

export type BuildTarget = (typeof buildTargets)[number];

/** The program a `cli` product runs. */
export interface BuildProgram {
  /** Path of a module whose `product(argv)` is the program. */
  readonly entry: string;
  /** Modules of the program that have another text in a product: the text by path. */
  readonly replaced: Readonly<Record<string, string>>;
}

/** What `armature build` is asked for. */
export interface BuildRequest {
  /** Where the configuration is looked for. */
  readonly folder: string;
  /** A configuration named by the user, relative to `folder`. */
  readonly config?: string | undefined;
  readonly target: BuildTarget;
  /** Folder of the product, relative to `folder`. */
  readonly out: string;
  /** Start the product once when it is built. */
  readonly check?: boolean | undefined;
  readonly program: BuildProgram;
  /** Where bundled configurations and extensions are kept while building. */
  readonly cacheFolder: string;
}
