import { expect, it } from 'vitest';
import { Catalogue } from '../../src/checkpoint/index.js';
import { findWeights } from '../../src/paste/find-weights.js';
import { floats, safetensorsBytes } from '../checkpoint/safetensors-bytes.js';
import { temporaryFolder } from '../checkpoint/temporary-folder.js';

it('takes of two copies of a checkpoint the one that is named, and any where neither is', async () => {
  const bytes = safetensorsBytes({ a: floats([1], 1) });
  const catalogue = new Catalogue({
    roots: [temporaryFolder({ 'Stable-diffusion/copy.safetensors': bytes, 'Stable-diffusion/mine.safetensors': bytes })],
  });
  let hash = '';
  for (const model of await catalogue.list('checkpoint')) hash = (await catalogue.hash(model)).slice(0, 10);
  const found = async (name: string) => (await findWeights(catalogue, { kind: 'checkpoint', name, hash }, []))?.name;
  expect(await found('mine')).toBe('mine');
  expect(await found('copy')).toBe('copy');
  expect(await found('mine.safetensors')).toBe('mine');
  expect(await found('renamed')).toBe('copy');
});
