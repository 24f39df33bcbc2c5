import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-file.js';

// An author's tap may simply end without a return: the repository's own stricter rule is off for examples.
const compilerOptions = {
  noImplicitReturns: false,
  noEmit: true,
  composite: false,
  declaration: false,
  declarationMap: false,
  rootDir: root,
};

/** What the compiler says of modules that see the packages as an extension does; empty when all is well. */
export function compileExamples(examples: ReadonlyMap<string, string>): string {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-examples-'));
  try {
    for (const [name, text] of examples) writeFileSync(join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`), text);
    const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    return status === 0 ? '' : stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
