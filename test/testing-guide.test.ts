import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-file.js';

const page = readFileSync(join(root, 'docs/guide/testing.md'), 'utf8');
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text);

it('every block of the guide is a test that passes', { timeout: 180_000 }, () => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'testing-guide-'));
  try {
    for (const [index, text] of blocks.entries()) writeFileSync(join(folder, `block-${index}.test.ts`), text);
    writeFileSync(join(folder, 'vitest.config.js'), 'export default { test: { testTimeout: 60_000, maxWorkers: 1, isolate: false } };\n');
    const program = join(root, 'node_modules/vitest/vitest.mjs');
    const env = { ...process.env, CI: '', NO_COLOR: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', '--root', folder], { encoding: 'utf8', env });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('Tests  8 passed (8)');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
