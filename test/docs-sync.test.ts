import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCodes, hookCatalogue } from '@armature/sdk';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pages = Object.keys(hookCatalogue).map((phase) => `docs/hooks/${phase}.md`);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const check = (script: string) => spawnSync(process.execPath, [join(root, script), '--check'], { encoding: 'utf8' });

describe('generated documentation', () => {
  it.each(['tools/docs/hooks.js', 'tools/docs/errors.js'])('is what %s would write', (script) => {
    const { status, stderr } = check(script);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('has a row for each error code, and no other', () => {
    const rows = [...textOf('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(rows).toEqual(Object.keys(errorCodes));
  });

  it('has a row for each hook, and no other', () => {
    const rows = pages.flatMap((page) => [...textOf(page).matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1]));
    expect(rows).toEqual(Object.entries(hookCatalogue).flatMap(([phase, hooks]) => Object.keys(hooks).map((hook) => `${phase}.${hook}`)));
  });
});

it('every error code is used', () => {
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^[\w-]+\/src\/.*\.ts$/.test(file),
  );
  const text = sources
    .filter((file) => !file.endsWith('sdk/src/errors.ts'))
    .map((file) => textOf(join('packages', file)))
    .join('\n');
  expect(Object.keys(errorCodes).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

it('the examples of the hook pages compile', () => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-examples-'));
  try {
    for (const page of pages) {
      const examples = [...textOf(page).matchAll(/```ts\n([\s\S]*?)```/g)];
      expect(examples.length, page).toBeGreaterThan(0);
      for (const [index, example] of examples.entries())
        writeFileSync(join(folder, `${page.replaceAll(/\W/g, '-')}-${index}.ts`), example[1] ?? '');
    }
    // An author's tap may simply end without a return: the repository's own stricter rule is off for examples.
    const compilerOptions = {
      noImplicitReturns: false,
      noEmit: true,
      composite: false,
      declaration: false,
      declarationMap: false,
      rootDir: root,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }),
    );
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
