import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportedNames } from './exported-names.js';
import { root, subfolders } from './source-file.js';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const entries = subfolders('packages').flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
  return Object.entries(exports).flatMap(([key, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            name: name + key.slice(1),
            file: join(root, 'packages', folder, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
          },
        ],
  );
});

/** A changed surface is a decision: run `npx vitest run test/surface.test.ts -u` and look at what the difference says. */
it.each(entries)('$name exports what it did', async ({ name, file }) => {
  const lines = [...exportedNames(file)].map(([exported, kind]) => `${kind} ${exported}`).sort();
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`surface/${name.replace('@armature/', '').replace('/', '-')}.txt`);
});
