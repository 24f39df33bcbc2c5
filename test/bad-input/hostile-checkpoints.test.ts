import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHostError } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, expect, it } from 'vitest';
import { hostileTorchFiles } from './hostile-torch-files.js';

const root = mkdtempSync(join(tmpdir(), 'armature-hostile-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('300 hostile pickles and zips as checkpoints: nothing is run, none hangs, each is refused by its name', async () => {
  const folder = join(root, 'Stable-diffusion');
  mkdirSync(folder);
  const canary = join(root, 'ran');
  const files = hostileTorchFiles(300, 20, `touch ${canary}`);
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  const host = await createTestHost({ models: [root], watch: false });
  const codes: Record<string, number> = {};
  try {
    for (const { name } of files) {
      const error: unknown = await host
        .txt2img({ prompt: 'a star', model: name, steps: 1, width: 64, height: 64 })
        .catch((reason: unknown) => reason);
      expect(isHostError(error), `${name}: ${String(error)}`).toBe(true);
      const { code, message } = error as { readonly code: string; readonly message: string };
      expect(code, message).toMatch(/^CKPT_/);
      expect(message).toContain(name);
      codes[code] = (codes[code] ?? 0) + 1;
    }
  } finally {
    await host.dispose();
  }
  expect(existsSync(canary)).toBe(false);
  expect(codes.CKPT_PICKLE).toBeGreaterThan(200);
});
