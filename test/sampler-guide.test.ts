import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compileExamples } from './compile-examples.js';
import { root } from './source-file.js';

const guide = readFileSync(join(root, 'docs/guide/custom-sampler.md'), 'utf8');
const examples = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

it('shows the example package as it is', () => {
  expect(examples[0]).toBe(readFileSync(join(root, 'examples/custom-sampler/src/index.ts'), 'utf8'));
});

it('has examples that compile', () => {
  expect(examples).toHaveLength(3);
  expect(compileExamples(new Map(examples.map((code, index) => [`example ${index}`, code])))).toBe('');
});
