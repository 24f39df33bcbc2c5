import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { firstPartyExtensions } from '../src/host/first-party-extensions.js';

const name = '@armature/ext-soft-inpainting';

it('names folders of packages, wherever the program is run from', () => {
  const found = firstPartyExtensions().map(({ from = '' }) => JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')));
  expect(found).toContainEqual(expect.objectContaining({ name, armature: expect.objectContaining({ id: 'armature.soft-inpainting' }) }));
});

it('leaves a package out that the configuration names itself', () => {
  const all = firstPartyExtensions().length;
  expect(firstPartyExtensions([{ from: name }])).toHaveLength(all - 1);
  expect(firstPartyExtensions([{ from: '/elsewhere' }])).toHaveLength(all);
});
