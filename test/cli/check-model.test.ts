import { appendFile, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWeights, type WeightsFile } from '../../packages/core/src/checkpoint/index.js';
import { floats, type MadeTensor, safetensorsBytes } from '../../packages/core/test/checkpoint/safetensors-bytes.js';
import { hostileTorchFiles } from '../bad-input/hostile-torch-files.js';
import { layouts, writeCheckpoint } from '../families/tiny-checkpoints.js';
import { Desk } from './armature.js';

let desk: Desk;
const models = ['--models', 'models'];
const place = (name: string): string => desk.path(join('models/Stable-diffusion', name));
const check = (name: string, ...more: readonly string[]) => desk.run(['models', 'check', name, ...more, ...models]);
const tiny = join(tinyModelFolder, 'Stable-diffusion/tiny-sd1.safetensors');

/** The tiny model with some of its tensors left out, or changed. */
async function changed(name: string, change: (key: string, tensor: MadeTensor) => MadeTensor | undefined): Promise<void> {
  const weights: WeightsFile = await openWeights(tiny);
  const tensors: Record<string, MadeTensor> = {};
  for (const span of weights.spans()) {
    const data = new Uint8Array(span.byteLength);
    await weights.readInto(span, data, 0);
    const tensor = change(span.key, { dtype: span.dtype, shape: span.shape, data });
    if (tensor) tensors[span.key] = tensor;
  }
  await weights.close();
  await writeFile(place(name), safetensorsBytes(tensors));
}

beforeAll(async () => {
  desk = await Desk.open();
  await mkdir(desk.path('models/Stable-diffusion'), { recursive: true });
  await copyFile(tiny, place('whole.safetensors'));
  await writeFile(place('whole.yaml'), 'model: {}\n');
});
afterAll(() => desk.close());

it('a checkpoint that is whole: its networks have all they need, the exit code is 0', async () => {
  const { code, stdout } = await check('whole');
  expect(code).toBe(0);
  for (const line of [
    /^kind +checkpoint$/m,
    /^made for +SD 1\.x$/m,
    /^TYPES\nF16 +786 tensors +15\.6 MB\nF32 +8 tensors/m,
    /^unet +622 of 622 tensors$/m,
    /^vae-decoder +72 of 72 tensors$/m,
    /^NOT READ\ncond_stage_model\.transformer +1 tensors$/m,
    /^format +pt$/m,
    /^NOTES\n.*whole\.yaml beside it says what it is\.$/m,
    /\nNothing is wrong\.\n$/,
  ])
    expect(stdout).toMatch(line);
  const { check: found, problems } = JSON.parse((await check('whole', '--json')).stdout);
  expect(problems).toEqual([]);
  expect(found).toMatchObject({ config: place('whole.yaml'), notes: [] });
  expect(found.networks).toContainEqual({ network: 'unet', needed: 622, matched: 622, missing: [], unfit: [] });
});

it.each([
  ['cut off', 'CKPT_TRUNCATED', /ends early.*Download it again/],
  ['a LoRA', 'CKPT_FAMILY_UNKNOWN', /it looks like a LoRA, not a checkpoint/],
  ['without its VAE', 'CKPT_KEY_MISSING', /lacks the tensor first_stage_model\..* Take a complete file/],
  ['with a gap', 'CKPT_KEY_MISSING', /lacks the tensor model\.diffusion_model\.out\.0\.bias, which unet needs/],
  ['of another shape', 'CKPT_SHAPE_MISMATCH', /model\.diffusion_model\.out\.0\.bias .* has shape \[7\], expected \[\d+\]/],
  ['of scaled weights', 'CKPT_DTYPE', /scaled_fp8 .*8-bit floats with scales beside them, which cannot be used here/],
  ['without numbers', 'CKPT_NOT_FINITE', /1 of \d+ tensors, model\.diffusion_model\.out\.0\.bias/],
])('a file %s: %s says so, and the exit code is 4', async (what, code, words) => {
  const name = `${what.replaceAll(' ', '-')}.safetensors`;
  if (what === 'cut off') await writeFile(place(name), (await readFile(tiny)).subarray(0, 9_000_000));
  else if (what === 'a LoRA')
    await writeFile(place(name), safetensorsBytes({ 'lora_unet_x.lora_up.weight': floats([4, 4]), 'lora_unet_x.alpha': floats([]) }));
  else if (what === 'of scaled weights')
    await writeFile(
      place(name),
      safetensorsBytes({ 'model.diffusion_model.input_blocks.0.0.weight': floats([4]), scaled_fp8: floats([2]) }),
    );
  else {
    const part = 'model.diffusion_model.out.0.bias';
    await changed(name, (key, tensor) => {
      if (what === 'without its VAE') return key.startsWith('first_stage_model.') ? undefined : tensor;
      if (key !== part) return tensor;
      if (what === 'with a gap') return undefined;
      return what === 'of another shape' ? floats([7]) : floats(tensor.shape, Number.NaN);
    });
  }
  const answer = await check(name);
  expect(answer.code).toBe(4);
  expect(answer.stdout).toMatch(/^PROBLEMS$/m);
  expect(answer.stdout).toContain(`${code}: `);
  expect(answer.stdout).toMatch(words);
  expect(answer.stdout).not.toContain('Nothing is wrong');
  if (what === 'without its VAE') expect(answer.stdout).toMatch(/^It has no VAE\.$/m);
});

it('precisions that are mixed, training averages and a refiner are told, and are no faults', async () => {
  await changed('mixed.safetensors', (key, tensor) => {
    if (key !== 'model.diffusion_model.out.0.bias') return tensor;
    return { dtype: 'BF16', shape: tensor.shape, data: new Uint8Array(tensor.data.length) };
  });
  const mixed = await check('mixed');
  expect(mixed.code).toBe(0);
  expect(mixed.stdout).toMatch(/^Its UNet mixes BF16 and F16\. Each tensor is read as what it is\.$/m);
  const { entries, seed } = layouts['tiny-xl-refiner']!;
  await writeCheckpoint(place('refiner.safetensors'), entries, seed);
  const refiner = await check('refiner');
  expect(refiner.code).toBe(0);
  expect(refiner.stdout).toMatch(/^It is a refiner: it finishes what a base model began \(--refiner\.model\)/m);
});

it('a hostile pickle is named by what it would run, and is not run', async () => {
  const ran = desk.path('ran');
  const file = hostileTorchFiles(40, 20, `touch ${ran}`).find(({ name }) => /\.(?:ckpt|pt)$/.test(name))!;
  await writeFile(place(file.name), file.bytes);
  const { code, stdout } = await check(file.name);
  expect(code).toBe(4);
  expect(stdout).toMatch(/CKPT_PICKLE: .*Nothing in it was run/);
  await expect(readFile(ran)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('a file that grows meanwhile is not called broken: it is to be waited for', async () => {
  const bytes = await readFile(tiny);
  await writeFile(place('growing.safetensors'), bytes.subarray(0, 9_000_000));
  const growing = setInterval(() => void appendFile(place('growing.safetensors'), bytes.subarray(9_000_000, 9_000_100)), 50);
  const { code, stdout } = await check('growing').finally(() => clearInterval(growing));
  expect(code).toBe(4);
  expect(stdout).toMatch(/CKPT_CHANGED: .*growing\.safetensors changed while it was read.*Wait until it is complete/);
  expect(stdout).not.toContain('CKPT_TRUNCATED');
});
