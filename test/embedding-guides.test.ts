import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-file.js';

const blocks = (page: string): readonly string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it('shows the configuration of the example as it is', () => {
  expect(blocks('docs/guide/build.md')).toEqual([readFileSync(join(root, 'examples/composed-build/armature.config.ts'), 'utf8')]);
});

it('names what lies in a product', () => {
  const page = readFileSync(join(root, 'docs/guide/build.md'), 'utf8');
  for (const name of ['armature.manifest.json', 'package.json', 'assets/<id>/', 'index.js', 'armature.js', 'server.js'])
    expect(page).toContain(`\`${name}\``);
});
