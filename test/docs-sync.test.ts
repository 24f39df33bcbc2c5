import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes, hookCatalogue } from '@armature/sdk/host';
import { describe, expect, it } from 'vitest';
import { root } from './source-file.js';

const pages = Object.keys(hookCatalogue).map((phase) => `docs/hooks/${phase}.md`);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const check = (script: string) => spawnSync(process.execPath, [join(root, script), '--check'], { encoding: 'utf8' });

describe('generated documentation', () => {
  it.each(['tools/docs/hooks.js', 'tools/docs/errors.js', 'tools/docs/settings.js', 'tools/docs/server.js'])(
    'is what %s would write',
    (script) => {
      const { status, stderr } = check(script);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );

  it('has a row for each error code, and no other', () => {
    const rows = [...textOf('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(rows).toEqual(Object.keys(errorCodes));
  });

  it('has a row for each hook, and no other', () => {
    const rows = pages.flatMap((page) => [...textOf(page).matchAll(/^\| `(\w+\.\w+)` \|/gm)].map((match) => match[1]));
    expect(rows).toEqual(Object.entries(hookCatalogue).flatMap(([phase, hooks]) => Object.keys(hooks).map((hook) => `${phase}.${hook}`)));
  });
});

it('every error code is used', () => {
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^[\w-]+\/src\/.*\.ts$/.test(file),
  );
  const text = sources
    .filter((file) => !file.endsWith('sdk/src/error-codes.ts'))
    .map((file) => textOf(join('packages', file)))
    .join('\n');
  expect(Object.keys(errorCodes).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});
