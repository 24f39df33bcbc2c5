import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildProgram, BuildRequest } from '@armature/compose';

const ownFile = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folderOf = (name: string): string => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

const programOf = (entry: string, packages: readonly string[]): BuildProgram => ({
  entry: ownFile(entry),
  // A product has the extensions of its configuration and no other.
  replaced: { [ownFile('./host/first-party-extensions.js')]: 'export const firstPartyExtensions = () => [];\n' },
  packages: [ownFile('.'), ...packages],
});

/** What `armature build` puts into products that are programs. */
export const productPrograms: Required<BuildRequest>['programs'] = {
  cli: programOf('./product.js', []),
  server: programOf('./server-product.js', [folderOf('@armature/server')]),
};
