import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'tensor-snapshot-'));
const file = join(folder, '__snapshots__/sample.guided.tensor.json');
beforeEach(() => rmSync(join(folder, '__snapshots__'), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** vitest in a process of its own, as an author runs it. */
function vitest(
  values: readonly number[],
  shape: readonly number[],
  options: readonly string[] = [],
  ci = '',
): { passed: boolean; text: string } {
  const test = `import { Tensor } from '@armature/sdk';
import { matchers } from '@armature/testing/vitest';
import { expect, it } from 'vitest';
expect.extend(matchers);
it('is guided', () => expect(new Tensor(${JSON.stringify(values)}, ${JSON.stringify(shape)})).toMatchTensorSnapshot('guided', { tolerance: 0.01 }));
`;
  writeFileSync(join(folder, 'sample.test.ts'), test);
  writeFileSync(join(folder, 'vitest.config.js'), 'export default { test: { reporters: ["default"] } };\n');
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', '--root', folder, ...options], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1', CI: ci },
  });
  return { passed: status === 0, text: stdout + stderr };
}

const patience = { timeout: 180_000 };

it('is written at first, holds within the tolerance, fails in words outside it, and is renewed by -u', patience, () => {
  const written = vitest([1, 2, 3, 4], [2, 2]);
  expect(written.passed).toBe(true);
  expect(written.text).toMatch(/Snapshots +1 written/);
  const first = readFileSync(file, 'utf8');
  expect(first).toContain('"shape": [2, 2],\n  "statistics": { "min": 1, "max": 4, "mean": 2.5, "deviation": 1.118034 }');
  expect(first).toContain('"values": [\n    1, 2,\n    3, 4\n  ]');

  expect(vitest([1.005, 2, 3, 4], [2, 2])).toMatchObject({ passed: true });
  expect(readFileSync(file, 'utf8')).toBe(first);

  const { passed, text } = vitest([1, 2, 3.5, 4.25], [2, 2]);
  expect(passed).toBe(false);
  expect(text).toContain('expected the tensor to match its snapshot "guided":');
  expect(text).toContain('max: recorded 4, found 4.25');
  expect(text).toContain('2 of 4 values are further off than 0.01, at most by 0.500:');
  expect(text).toContain('[1, 0]: recorded 3, found 3.5');
  expect(text).toContain(`snapshot: ${file} (vitest -u writes it anew)`);
  expect(vitest([1, 2, 3, 4], [4, 1]).text).toContain('shape: recorded [2, 2], found [4, 1]');

  const renewed = vitest([1, 2, 3.5, 4.25], [2, 2], ['-u']);
  expect(renewed.passed).toBe(true);
  expect(renewed.text).toMatch(/Snapshots +1 updated/);
  expect(readFileSync(file, 'utf8')).toContain('3.5, 4.25');
});

it('is not written in CI, and a broken one is named', patience, () => {
  const { passed, text } = vitest([1], [1], [], 'true');
  expect(passed).toBe(false);
  expect(text).toContain(`there is no tensor snapshot ${file}, and none is written in CI`);
  mkdirSync(join(folder, '__snapshots__'));
  writeFileSync(file, '{ "shape": [1], "values": ["one"] }');
  expect(vitest([1], [1]).text).toMatch(/it cannot be read: statistics holds undefined/);
  writeFileSync(file, '{ "shape": ');
  expect(vitest([1], [1]).text).toMatch(/it cannot be read: .*JSON/);
});
