import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWeights } from '../../packages/core/src/checkpoint/index.js';

const request = { prompt: 'a red circle on a blue background', seed: 3, steps: 3, width: 64, height: 64 };
const root = mkdtempSync(join(tmpdir(), 'armature-merge-'));
const folder = join(root, 'Stable-diffusion');
let host: Awaited<ReturnType<typeof createTestHost>>;

beforeAll(async () => {
  cpSync(join(tinyModelFolder, 'Stable-diffusion'), folder, { recursive: true });
  for (const extension of ['safetensors', 'yaml']) cpSync(join(folder, `tiny-sd1.${extension}`), join(folder, `second.${extension}`));
  host = await createTestHost({ models: [root] });
});
afterAll(async () => {
  await host.dispose();
  rmSync(root, { recursive: true, force: true });
});

it('a merge is a checkpoint like any other, with its yaml and a recipe of what it was made of', async () => {
  const made = await host.mergeModels({ primary: 'second', secondary: 'tiny-sd1', multiplier: 1 });
  expect(made).toMatchObject({
    path: join(folder, '0(second) + 1(tiny-sd1).safetensors'),
    config: join(folder, '0(second) + 1(tiny-sd1).yaml'),
  });
  expect(existsSync(made.config ?? '')).toBe(true);
  const [merged, plain] = [
    await host.txt2img({ ...request, model: '0(second) + 1(tiny-sd1)' }),
    await host.txt2img({ ...request, model: 'tiny-sd1' }),
  ];
  expect(merged.images[0]?.image.toBytes()).toEqual(plain.images[0]?.image.toBytes());
  const file = await openWeights(made.path);
  const recipe = JSON.parse(file.metadata.get('sd_merge_recipe') ?? '');
  expect(recipe).toEqual({
    type: 'webui',
    primary_model_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    secondary_model_hash: recipe.primary_model_hash,
    tertiary_model_hash: null,
    interp_method: 'Weighted sum',
    multiplier: 1,
    save_as_half: false,
    custom_name: '',
    config_source: 0,
    bake_in_vae: 'None',
    discard_weights: '',
    is_inpainting: false,
    is_instruct_pix2pix: false,
  });
  const models = JSON.parse(file.metadata.get('sd_merge_models') ?? '');
  expect(models[recipe.primary_model_hash]).toEqual({
    name: expect.stringMatching(/^(second|tiny-sd1)\.safetensors$/),
    legacy_hash: expect.stringMatching(/^[0-9a-f]{8}$/),
    sd_merge_recipe: null,
  });
  expect(file.metadata.get('format')).toBe('pt');
  await file.close();
});

it('a cancelled merge leaves nothing', async () => {
  const before = readdirSync(folder);
  const abort = new AbortController();
  const options = { signal: abort.signal, onProgress: () => abort.abort() };
  const merging = host.mergeModels({ primary: 'second', secondary: 'tiny-sd1', name: 'never' }, options);
  await expect(merging).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  expect(readdirSync(folder)).toEqual(before);
});

it('a merge whose yaml cannot be copied leaves neither file, and says which is in the way', async () => {
  writeFileSync(join(folder, 'half.yaml'), 'somebody wrote this');
  const before = readdirSync(folder);
  await expect(host.mergeModels({ primary: 'second', secondary: 'tiny-sd1', name: 'half' })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringMatching(/name: there is a file of this name already.*half\.yaml/),
  });
  expect(readdirSync(folder)).toEqual(before);
  expect(readFileSync(join(folder, 'half.yaml'), 'utf8')).toBe('somebody wrote this');
  // Without a copy nothing is in the way.
  const made = await host.mergeModels({ primary: 'second', secondary: 'tiny-sd1', name: 'half', config: 'none' });
  expect(made.config).toBeUndefined();
});

it('a file that takes the name while the merge is written stays, and so does nothing else', async () => {
  const before = readdirSync(folder);
  for (const late of ['late.yaml', 'late.safetensors']) {
    const onProgress = () => writeFileSync(join(folder, late), 'came first');
    await expect(host.mergeModels({ primary: 'second', secondary: 'tiny-sd1', name: 'late' }, { onProgress })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining(join(folder, late)),
    });
    expect(readdirSync(folder)).toEqual([...before, late].sort());
    expect(readFileSync(join(folder, late), 'utf8')).toBe('came first');
    rmSync(join(folder, late));
  }
});

it.each([
  [{ primary: 'second' }, /secondary: weighted-sum needs this model/],
  [{ primary: 'second', secondary: 'tiny-sd1', method: 'add-difference' as const }, /tertiary: add-difference needs/],
  [{ primary: 'second', secondary: 'tiny-sd1', name: '../out' }, /name: .*without folder.*\.\.\/out/],
  [{ primary: 'second', secondary: 'tiny-sd1', discard: '(' }, /discard: /],
  [{ primary: 'second', secondary: 'tiny-sd1', multiplier: 2 }, /multiplier: /],
])('%j is refused with what to do', async (merge, words) => {
  await expect(host.mergeModels(merge)).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringMatching(words) });
});
