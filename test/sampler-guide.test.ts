import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-file.js';

const guide = readFileSync(join(root, 'docs/guide/custom-sampler.md'), 'utf8');
const examples = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it('shows the example package as it is', () => {
  expect(examples[0]).toBe(readFileSync(join(root, 'examples/custom-sampler/src/index.ts'), 'utf8'));
});
