import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lora from '../src/index.js';
import { loraFolder, safetensors, smallLora } from './network-kit.js';

const { name, version, armature } = manifest;
const small = safetensors(smallLora({ te: [64, 64], unet: [64, 64] }, 0.4));
const fidelity = fileURLToPath(new URL('../../../../shared/fidelity', import.meta.url));

const open = (root: string) =>
  createTestHost({ models: [root], extensions: [{ manifest: { name, version, ...armature } as never, definition: lora }] });
const ask = async (host: Awaited<ReturnType<typeof open>>, method: string, path: string): Promise<unknown> => {
  const response = await host.answer(new Request(`http://127.0.0.1${path}`, { method }));
  expect(response?.status).toBe(200);
  return response?.json();
};

it('GET /sdapi/v1/loras lists each name once, with what its file says of itself', async () => {
  const folder = await loraFolder();
  const tags = { '5_hill': { 'a hill': 3 } };
  await folder.put(
    'b.safetensors',
    safetensors(smallLora({ te: [64, 64], unet: [64, 64] }, 1), {
      ss_output_name: 'inside',
      ss_network_dim: '4',
      ss_tag_frequency: JSON.stringify(tags),
      ss_sd_model_name: 'v1-5',
      half: '{ no JSON',
    }),
  );
  await folder.put('a10.safetensors', small);
  await folder.put('a9.safetensors', Buffer.from('no network'));
  await folder.put('b.pt', small);
  const host = await open(folder.root);
  try {
    const path = (file: string): string => join(folder.root, 'Lora', file);
    const listed = (await ask(host, 'GET', '/sdapi/v1/loras')) as { metadata: object }[];
    const metadata = { ss_sd_model_name: 'v1-5', ss_tag_frequency: tags, ss_output_name: 'inside', ss_network_dim: '4', half: '{ no JSON' };
    expect(listed).toEqual([
      { name: 'a9', alias: 'a9', path: path('a9.safetensors'), metadata: {} },
      { name: 'a10', alias: 'a10', path: path('a10.safetensors'), metadata: {} },
      { name: 'b', alias: 'inside', path: path('b.safetensors'), metadata },
    ]);
    expect(Object.keys(listed[2]?.metadata ?? {})).toEqual(Object.keys(metadata));
    await folder.put('late.safetensors', small);
    expect(await ask(host, 'POST', '/sdapi/v1/refresh-loras')).toBeNull();
    expect(await ask(host, 'GET', '/sdapi/v1/loras')).toHaveLength(4);
  } finally {
    await host.dispose();
    await rm(folder.root, { recursive: true, force: true });
  }
});

it('500 files are listed, described and asked for by name', async () => {
  const folder = await loraFolder();
  for (let at = 0; at < 500; at++) await folder.put(`net-${at}.safetensors`, small);
  const host = await open(folder.root);
  try {
    expect(await ask(host, 'GET', '/sdapi/v1/loras')).toHaveLength(500);
    for (const model of await host.models('lora')) expect((await host.describeModel(model.path, { kind: 'lora' })).problems).toEqual([]);
  } finally {
    await host.dispose();
    await rm(folder.root, { recursive: true, force: true });
  }
});

it.skipIf(!existsSync(fidelity))('the reference’s own folder is listed as the reference lists it', async () => {
  const host = await open(join(fidelity, 'data'));
  try {
    const listed = JSON.stringify(await ask(host, 'GET', '/sdapi/v1/loras')).replaceAll(join(fidelity, 'data'), '<webui>');
    expect(listed).toBe(JSON.stringify(JSON.parse(readFileSync(join(fidelity, 'open/api_get/loras.json'), 'utf8'))));
  } finally {
    await host.dispose();
  }
});
