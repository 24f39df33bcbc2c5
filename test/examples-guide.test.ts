import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './source-file.js';

const page = readFileSync(join(root, 'docs/guide/examples.md'), 'utf8');
const manifests = new Map(
  readdirSync(join(root, 'examples'))
    .filter((name) => existsSync(join(root, 'examples', name, 'package.json')))
    .map((name) => [name, JSON.parse(readFileSync(join(root, 'examples', name, 'package.json'), 'utf8')) as object]),
);
/** Those that are extensions; the others put a host into something. */
const extensions = [...manifests].filter(([, manifest]) => 'armature' in manifest).map(([name]) => name);

const filesOf = (name: string, folder: string): readonly string[] =>
  readdirSync(join(root, 'examples', name, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('the page of examples', () => {
  it('has a row for each example', () => {
    const rows = [...page.matchAll(/^\| \[([\w-]+)\]\(\.\.\/\.\.\/examples\/\1\) \|/gm)].map((row) => row[1]);
    expect(rows).toEqual(expect.arrayContaining([...manifests.keys()]));
    expect(new Set(rows).size).toBe(rows.length);
  });
});

describe.each(extensions)('the extension %s', (name) => {
  it('has at most 120 lines of code, and a test', () => {
    const lines = filesOf(name, 'src').flatMap((file) => readFileSync(join(root, 'examples', name, 'src', file), 'utf8').split('\n'));
    expect(lines.length).toBeLessThanOrEqual(120);
    expect(filesOf(name, 'test').some((file) => file.endsWith('.test.ts'))).toBe(true);
  });
});
