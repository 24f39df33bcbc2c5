import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Catalogue, openWeights, readSidecar } from '../../src/checkpoint/index.js';

const data = fileURLToPath(new URL('../../../../../shared/fidelity/data', import.meta.url));

describe.skipIf(!existsSync(data))('the reference’s own model folder', () => {
  const catalogue = new Catalogue({ roots: [data] });

  test('has its checkpoints in its order and with its hash', async () => {
    const names = (await catalogue.list('checkpoint')).map(({ name }) => name);
    expect(names).toEqual(['tiny-random-sd1-b', 'tiny-random-sd1-inpainting', 'tiny-random-sd1', 'tiny-random-sd2v', 'tiny-random-sdxl']);
    const entry = await catalogue.find('checkpoint', 'tiny-random-sd1');
    expect((await catalogue.hash(entry)).slice(0, 10)).toBe('8c17743dd0');
    expect((await catalogue.find('checkpoint', '8c17743dd0')).title).toBe('tiny-random-sd1.safetensors [8c17743dd0]');
  });

  test('every safetensors file opens and its sidecar reads', async () => {
    for (const kind of catalogue.kinds()) {
      for (const { path } of await catalogue.list(kind)) {
        if (!path.endsWith('.safetensors')) continue;
        const weights = await openWeights(path);
        expect(weights.keys.size).toBeGreaterThan(0);
        await weights.close();
      }
    }
    const sd1 = join(data, 'models/Stable-diffusion/tiny-random-sd1.safetensors');
    expect((await readSidecar(sd1))?.textEncoder).toMatchObject({ hidden_size: 64 });
  });

  test('everything lies where it belongs', async () => {
    expect(await catalogue.tidy({ dryRun: true })).toEqual({ moves: [], skipped: [] });
  });
});
