import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { safetensors } from '../../packages/ext-hypernetwork/test/hypernetwork-kit.js';
import { Desk } from './armature.js';

const ones = (...shape: readonly number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => 1),
});
const module = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k';
const metadata = {
  ss_output_name: 'hills',
  ss_tag_frequency: JSON.stringify({ '1_hills': Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`word ${at}`, 30 - at])) }),
  'modelspec.title': 'Hills \u001b[31m',
  'modelspec.thumbnail': `data:image/jpeg;base64,${'A'.repeat(5000)}`,
};

let desk: Desk;
const models = ['--models', 'models'];
beforeAll(async () => {
  desk = await Desk.open();
  await mkdir(desk.path('models/Lora'), { recursive: true });
  await mkdir(desk.path('models/Stable-diffusion'));
  const tensors = { [`${module}.lora_up.weight`]: ones(320, 4), [`${module}.lora_down.weight`]: ones(4, 768) };
  await writeFile(desk.path('models/Lora/hills.safetensors'), safetensors(tensors, metadata));
  await writeFile(desk.path('models/Lora/hills.png'), 'a picture');
  await writeFile(desk.path('models/Lora/twin.safetensors'), safetensors(tensors));
  await copyFile(join(tinyModelFolder, 'Stable-diffusion/tiny-sd1.safetensors'), desk.path('models/Stable-diffusion/twin.safetensors'));
  await mkdir(desk.path('models/VAE'));
  await writeFile(desk.path('models/VAE/none.safetensors'), safetensors(tensors));
});
afterAll(() => desk.close());

it('models show tells people what a file holds', async () => {
  const { code, stdout } = await desk.run(['models', 'show', 'hills', ...models]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^name +hills\nkind +lora\nfile +.*hills\.safetensors\n/);
  for (const line of [/^format +LoRA$/m, /^made for +SD 1\.x$/m, /^ranks +4$/m, /^matched +1 of 1 modules/m, /^preview +.*hills\.png$/m]) {
    expect(stdout).toMatch(line);
  }
  for (const hash of [/^sha256 +[0-9a-f]{64}$/m, /^AutoV2 +[0-9a-f]{10}$/m, /^of the tensors +[0-9a-f]{64}$/m])
    expect(stdout).toMatch(hash);
  expect(stdout).toContain('WORDS\nword 0 (30), word 1 (29)');
  expect(stdout).toContain(' and 10 more\n');
  // A stranger's text moves no cursor, and a picture in it is cut.
  expect(stdout).toContain('Hills \\x1b[31m');
  expect(stdout).toMatch(/modelspec\.thumbnail +data:image.{0,250}… \(5023 characters\)/);
  expect(stdout).toMatch(/\nNothing is wrong\.\n$/);
  const quick = await desk.run(['models', 'show', 'hills', '--quick', ...models]);
  expect(quick.stdout).not.toContain('AutoV2');
});

it('models show gives programs all of it', async () => {
  const { stdout } = await desk.run(['models', 'show', 'models/Lora/hills.safetensors', '--json', ...models]);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    kind: 'lora',
    name: 'hills',
    base: 'SD 1.x',
    metadata,
    preview: desk.path('models/Lora/hills.png'),
    problems: [],
  });
  expect(found.triggers).toHaveLength(30);
});

it('models show looks at checkpoints and VAEs too, and asks which of several files is meant', async () => {
  const twins = await desk.run(['models', 'show', 'twin', ...models]);
  expect(twins).toMatchObject({ code: 2, stderr: expect.stringMatching(/REQUEST_INVALID: name: .*checkpoint .*lora .*add the kind/) });
  const { stdout } = await desk.run(['models', 'show', 'twin', '--kind', 'checkpoint', ...models]);
  expect(stdout).toMatch(/^made for +SD 1\.x$/m);
  expect(stdout).toMatch(/^prediction +epsilon$/m);
  const vae = await desk.run(['models', 'show', 'none', ...models]);
  expect(vae.stdout).toMatch(/PROBLEMS\nMODEL_KIND: .*none\.safetensors is no file of kind vae: it looks like a LoRA/);
  expect(await desk.run(['models', 'show', 'nowhere', ...models])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('MODEL_NOT_FOUND'),
  });
});

it('models lists what files are made for, and what is wrong with them', async () => {
  const { stdout } = await desk.run(['models', '--kind', 'lora', ...models]);
  expect(stdout).toMatch(/^KIND +TITLE +SIZE +FORMAT +MADE FOR +FILE\nlora +hills\.safetensors.* LoRA +SD 1\.x /);
  expect(stdout).not.toContain('PROBLEM');
  const json = JSON.parse((await desk.run(['models', '--kind', 'vae', '--json', ...models])).stdout);
  expect(json).toMatchObject([{ name: 'none', kind: 'vae', problems: [{ code: 'MODEL_KIND' }] }]);
});
