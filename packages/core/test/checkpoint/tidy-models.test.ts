import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Catalogue } from '../../src/checkpoint/index.js';
import { floats, safetensorsBytes } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const file = (...keys: string[]) => safetensorsBytes(Object.fromEntries(keys.map((key) => [key, floats([1])])));
const tree = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true, withFileTypes: true }) as { name: string; parentPath: string; isFile(): boolean }[])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const yaml = 'model:\n  params:\n    cond_stage_config:\n      params:\n        version: ./my-clip\n';

const misplaced = () =>
  temporaryFolder({
    'models/sd.safetensors': file('model.diffusion_model.input_blocks.0.0.weight'),
    'models/sd.yaml': yaml,
    'models/sd.preview.png': 'p',
    'models/my-clip/config.json': '{}',
    'models/old.ckpt': 'pickle',
    'models/style.safetensors': file('lora_unet_down.lora_up.weight'),
    'models/kl.vae.safetensors': file('decoder.up.0.w'),
    'models/vae.safetensors': file('encoder.down.0.block.0.norm1.weight'),
    'models/canny.safetensors': file('control_model.zero_convs.0.0.weight'),
    'models/ti.safetensors': file('emb_params'),
    'models/odd.safetensors': file('something.else'),
    'models/readme.txt': 'x',
    'models/Stable-diffusion/good.safetensors': file('a'),
    'models/BSRGAN/bsr.pth': 'x',
    'models/lora/keep.safetensors': file('lora_a'),
    'ESRGAN/x4.pth': 'x',
    'gfpgan/GFPGANv1.4.pth': 'x',
  });

const expected = ['embeddings/ti.safetensors', 'models/BSRGAN/bsr.pth → models/ESRGAN/bsr.pth'];

test('a dry run lists every move and makes none', async () => {
  const root = misplaced();
  const before = tree(root);
  const { moves, skipped } = await new Catalogue({ roots: [root] }).tidy({ dryRun: true });
  const plan = moves.map(({ from, to }) => `${from.slice(root.length + 1)} → ${to.slice(root.length + 1)}`).sort();
  expect(plan).toEqual([
    'ESRGAN/x4.pth → models/ESRGAN/x4.pth',
    'gfpgan/GFPGANv1.4.pth → models/GFPGAN/GFPGANv1.4.pth',
    expected[1],
    'models/canny.safetensors → models/ControlNet/canny.safetensors',
    'models/kl.vae.safetensors → models/VAE/kl.vae.safetensors',
    'models/my-clip → models/Stable-diffusion/my-clip',
    'models/old.ckpt → models/Stable-diffusion/old.ckpt',
    'models/sd.preview.png → models/Stable-diffusion/sd.preview.png',
    'models/sd.safetensors → models/Stable-diffusion/sd.safetensors',
    'models/sd.yaml → models/Stable-diffusion/sd.yaml',
    'models/style.safetensors → models/lora/style.safetensors',
    `models/ti.safetensors → ${expected[0]}`,
    'models/vae.safetensors → models/VAE/vae.safetensors',
  ]);
  expect(skipped).toEqual([{ path: join(root, 'models/odd.safetensors'), reason: 'its tensors look like no known layout' }]);
  expect(tree(root)).toEqual(before);
});

test('the moves happen, a second run finds nothing to do', async () => {
  const root = misplaced();
  const catalogue = new Catalogue({ roots: [root] });
  const planned = await catalogue.tidy({ dryRun: true });
  const done = await catalogue.tidy({ dryRun: false });
  expect(done).toEqual(planned);
  const files = tree(root);
  expect(files).toContain('models/Stable-diffusion/my-clip/config.json');
  expect(files).toContain('models/Stable-diffusion/sd.yaml');
  expect(files).toContain('models/odd.safetensors');
  expect((await catalogue.find('checkpoint', 'sd')).title).toBe('sd.safetensors');
  expect((await catalogue.tidy({ dryRun: false })).moves).toEqual([]);
});

test('nothing is overwritten, and a model stays with its companions', async () => {
  const root = misplaced();
  writeFileSync(join(root, 'models/Stable-diffusion/sd.yaml'), 'mine');
  const { moves, skipped } = await new Catalogue({ roots: [root] }).tidy({ dryRun: false });
  expect(readFileSync(join(root, 'models/Stable-diffusion/sd.yaml'), 'utf8')).toBe('mine');
  expect(tree(root)).toContain('models/sd.safetensors');
  expect(moves.some(({ from }) => from.includes('/sd.'))).toBe(false);
  expect(skipped.map(({ path }) => path)).toContain(join(root, 'models/sd.safetensors'));
});

test('a plain folder of checkpoints is left alone', async () => {
  const root = temporaryFolder({ 'a.safetensors': file('lora_a') });
  expect(await new Catalogue({ roots: [root] }).tidy({ dryRun: false })).toEqual({ moves: [], skipped: [] });
});
