import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NetworkBench } from './network-bench.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
const pairs = join(shared, 'open/forward_upscale');
const folders = ['ESRGAN', 'RealESRGAN', 'SwinIR', 'DAT', 'HAT'];

const fileOf = (name: string): string =>
  folders.map((folder) => join(shared, 'data/models', folder, `${name}.pth`)).find((path) => existsSync(path)) ?? '';

let bench: NetworkBench;
beforeAll(async () => {
  bench = await NetworkBench.open();
});
afterAll(() => bench.close());

/** Not emitted yet. */
const later = ['tiny_dat_x2', 'tiny_hat_x2'];
const names = existsSync(pairs) ? readdirSync(pairs).map((file) => basename(file, '.safetensors')) : [];
it.each(names.filter((name) => !later.includes(name)))('%s', async (name) => {
  const recorded = await bench.tensors(join(pairs, `${name}.safetensors`));
  for (const [key, x] of recorded) {
    if (!key.endsWith('.x')) continue;
    const wanted = recorded.get(key.replace(/x$/, 'y'));
    const y = await bench.run(fileOf(name), x);
    expect(y.shape).toEqual(wanted?.shape);
    const [seen, right] = [y.toFloat32Array(), wanted?.toFloat32Array() ?? []];
    expect(Math.max(...seen.map((value, at) => Math.abs(value - (right[at] as number))))).toBeLessThan(1e-4);
  }
});
