export const buildTargets = ['cli', 'module', 'server'] as const;

export type BuildTarget = (typeof buildTargets)[number];

/** A program that a `cli` or `server` product runs. */
export interface BuildProgram {
  /** Path of a module whose `product(argv)` is the program. */
  readonly entry: string;
  /** Modules of the program that have another text in a product: the text by path. */
  readonly replaced: Readonly<Record<string, string>>;
  /** Folders of the packages it is made of beside the engine's: code from there is no extension's. */
  readonly packages: readonly string[];
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
  /** What the targets run that are programs; a module runs none. */
  readonly programs?: Readonly<Partial<Record<BuildTarget, BuildProgram>>>;
  /** Where bundled configurations and extensions are kept while building. */
  readonly cacheFolder: string;
}
