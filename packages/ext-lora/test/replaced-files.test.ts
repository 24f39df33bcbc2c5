import { rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lora from '../src/index.js';
import { loraFolder, safetensors, smallLora } from './network-kit.js';

const { name, version, armature } = manifest;
const layers = { te: [64, 64], unet: [64, 64] } as const;
const request = { seed: 5, steps: 3, width: 64, height: 64 };

let host: Awaited<ReturnType<typeof createTestHost>>;
let folder: Awaited<ReturnType<typeof loraFolder>>;
const told: string[] = [];
beforeAll(async () => {
  folder = await loraFolder();
  const note = (message: string): void => void told.push(message);
  host = await createTestHost({
    models: [tinyModelFolder, folder.root],
    watch: true,
    extensions: [{ manifest: { name, version, ...armature } as never, definition: lora }],
    log: { debug() {}, info() {}, warn: note, error: note },
  });
});
afterAll(async () => {
  await host?.dispose();
  await rm(folder.root, { recursive: true, force: true });
});

type Change = (path: string) => Promise<void>;

/** Makes a picture while something happens to the file of its network, at the stage and at no other time. */
async function made(file: string, stage?: string, change?: Change): Promise<string> {
  let pending: Promise<void> | undefined;
  const onProgress = (progress: { readonly stage: string }): void => {
    if (progress.stage === stage) pending ??= change?.(join(folder.root, 'Lora', `${file}.safetensors`));
  };
  const { images, faults } = await host.txt2img({ ...request, prompt: `a red circle<lora:${file}:1>` }, { onProgress });
  await pending;
  expect(faults).toEqual([]);
  return Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64');
}

const one = safetensors(smallLora(layers, 0.4));
const two = safetensors(smallLora(layers, -0.3), { changed: 'yes' });
/** As careful programs write: the old file lives on for whoever has it open. */
const replace: Change = async (path) => {
  await writeFile(`${path}.part`, two);
  await rename(`${path}.part`, path);
};

it('a file that is replaced while a job has it changes the next picture alone', async () => {
  await folder.put('reference.safetensors', one);
  await folder.put('other.safetensors', two);
  await folder.put('replaced.safetensors', one);
  const [first, second] = [await made('reference'), await made('other')];
  expect(first).not.toBe(second);
  expect(await made('replaced', 'sampling', replace)).toBe(first);
  expect(await made('replaced')).toBe(second);
});

it.each(['model', 'prompt', 'sampling'])('one that is cut off in its place at the stage "%s" ends neither job nor host', async (stage) => {
  const file = `cut-${stage}`;
  await folder.put(`${file}.safetensors`, safetensors(smallLora(layers, 0.4), { stage }));
  await made(file, stage, (path) => truncate(path, 500));
  told.length = 0;
  const { images } = await host.txt2img({ ...request, prompt: 'a red circle' });
  expect(await made(file)).toBe(Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64'));
  expect(told.join('\n')).toContain(`LoRA ${file}`);
});

it('one that is removed while a job has it is missed by the next', async () => {
  await folder.put('removed.safetensors', safetensors(smallLora(layers, 0.4), { removed: 'soon' }));
  const first = await made('removed', 'sampling', (path) => rm(path));
  expect(first).toBe(await made('reference'));
  told.length = 0;
  expect(await made('removed')).not.toBe(first);
  // The folder is looked at again at its next change: until then the file is known, and missed when it is opened.
  expect(told.join('\n')).toMatch(/Lora not found: removed|LoRA removed is left out: .* does not exist/);
});
