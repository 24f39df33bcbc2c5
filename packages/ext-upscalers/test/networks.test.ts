import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkBench } from './network-bench.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** What was copied, so that a fresh clone has something to compare with, and the full set where it is beside the checkout. */
const sets = [
  { models: at('../../../test/fidelity/models/'), pairs: at('../../../test/fidelity/forward-upscale/') },
  { models: at('../../../../shared/fidelity/data/models/'), pairs: at('../../../../shared/fidelity/open/forward_upscale/') },
];
const folders = ['ESRGAN', 'RealESRGAN', 'SwinIR', 'DAT', 'HAT'];
/** Networks that are not emitted: their files are refused by name. */
const refused = ['tiny_dat_x2', 'tiny_hat_x2'];

let bench: NetworkBench;
beforeAll(async () => {
  bench = await NetworkBench.open();
});
afterAll(() => bench.close());

describe.each(sets.filter(({ pairs }) => existsSync(pairs)))('networks of $models, beside PyTorch', ({ models, pairs }) => {
  const fileOf = (name: string): string =>
    folders.map((folder) => join(models, folder, `${name}.pth`)).find((path) => existsSync(path)) ?? '';
  const names = readdirSync(pairs).map((file) => basename(file, '.safetensors'));

  it.each(names.filter((name) => !refused.includes(name)))('%s', async (name) => {
    const recorded = await bench.tensors(join(pairs, `${name}.safetensors`));
    const inputs = [...recorded.keys()].filter((key) => key.endsWith('.x'));
    expect(inputs.length).toBeGreaterThan(0);
    for (const key of inputs) {
      const wanted = recorded.get(key.replace(/x$/, 'y'));
      const made = await bench.run(fileOf(name), recorded.get(key)!);
      expect(made.shape).toEqual(wanted?.shape);
      const [seen, right] = [made.toFloat32Array(), wanted?.toFloat32Array() ?? []];
      expect(Math.max(...seen.map((value, index) => Math.abs(value - (right[index] as number))))).toBeLessThan(1e-4);
    }
  });

  it.each(names.filter((name) => refused.includes(name)))('%s is no network that is known', async (name) => {
    await expect(bench.run(fileOf(name), (await bench.tensors(join(pairs, `${name}.safetensors`))).get('rnd40x36.x')!)).rejects.toThrow(
      'no network',
    );
  });
});
