import { realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ExtensionName } from './extension-name.js';

/** Compiler and test runner this release was tried with. */
const authorTools = { typescript: '7.0.2', vitest: '4.1.12' } as const;

export interface AuthorPackageParts {
  readonly names: ExtensionName;
  readonly description: string;
  readonly capabilities: readonly string[];
  /** Version of this release. */
  readonly version: string;
  /** Checkout the tools come from; undefined: the registry. */
  readonly checkout: string | undefined;
}

/** The package.json of a new extension, ready to be published. */
export function authorPackage({
  names,
  description,
  capabilities,
  version,
  checkout,
}: AuthorPackageParts): Readonly<Record<string, unknown>> {
  const engine = `^${version}`;
  return {
    name: names.name,
    version: '0.1.0',
    description,
    keywords: ['armature', 'armature-extension', 'stable-diffusion'],
    license: 'MIT',
    type: 'module',
    engines: { node: '^20.19.0 || >=22.12.0' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
    files: ['dist', 'src'],
    armature: { api: 1, id: names.id, engines: { armature: engine }, capabilities, entry: './dist/index.js', source: './src/index.ts' },
    scripts: { build: 'tsc', test: 'tsc -p test && vitest run', prepack: 'npm run build' },
    peerDependencies: { '@armature/sdk': engine },
    devDependencies: checkout === undefined ? pinned(version) : linked(checkout, names.folder),
  };
}

const ours = ['cli', 'sdk', 'testing'] as const;

const pinned = (version: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(ours.map((name) => [`@armature/${name}`, version])),
  ...authorTools,
});

/** Links cost no download: also the compiler and the test runner are the checkout's own. */
function linked(checkout: string, folder: string): Readonly<Record<string, string>> {
  // Links are read from where the folder really is.
  const from = join(realpathSync(dirname(folder)), 'package');
  const link = (path: string): string =>
    `file:${relative(from, join(realpathSync(checkout), path))
      .split(sep)
      .join('/')}`;
  return {
    ...Object.fromEntries(ours.map((name) => [`@armature/${name}`, link(`packages/${name}`)])),
    ...Object.fromEntries(Object.keys(authorTools).map((name) => [name, link(`node_modules/${name}`)])),
  };
}
