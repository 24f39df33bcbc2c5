import { type ExtensionDefinition, Raster } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { expect, it } from 'vitest';
import { fencedBlocks, pageText } from './fenced-blocks.js';
import { loadExample } from './load-example.js';
import { sourceFiles } from './source-file.js';

const page = 'docs/guide/control.md';
const [lean = '', , tones = ''] = fencedBlocks(page, 'ts').map(({ code }) => code);
const load = async (id: string, code: string) => {
  const definition: ExtensionDefinition = await loadExample(code);
  return inlineExtension(id, definition, { capabilities: ['graph'] });
};
const request = { prompt: 'a star', seed: 7, steps: 2, width: 64, height: 64 };

it('the small extension leans on the network, and costs nothing at rest', async () => {
  const host = await createTestHost({ extensions: [await load('you.lean', lean)] });
  try {
    const bytes = async (amount: number) => {
      const { faults, images } = await host.txt2img({ ...request, extensions: { 'you.lean': { lean: amount } } });
      expect(faults).toEqual([]);
      return images[0]!;
    };
    const plain = await host.txt2img(request);
    expect((await bytes(0)).image.toBytes()).toEqual(plain.images[0]!.image.toBytes());
    const leant = await bytes(1.5);
    expect(leant.image.toBytes()).not.toEqual(plain.images[0]!.image.toBytes());
    expect(leant.infotext).toContain('Lean by: 1.5');
  } finally {
    await host.dispose();
  }
});

it('the preprocessor of the page is one', async () => {
  const host = await createTestHost({ extensions: [await load('you.tones', tones)] });
  try {
    const image = new Raster([0, 100, 101, 255], { width: 2, height: 2, channels: 1 });
    const map = await host.preprocess({ module: 'two_tone', image, args: { level: 100 } });
    expect([...map.toBytes()]).toEqual([0, 0, 255, 255]);
  } finally {
    await host.dispose();
  }
});

it('names files that there are', () => {
  const files = sourceFiles('packages/ext-controlnet/src').map(({ path }) => path.replace('packages/ext-controlnet/src/', ''));
  const named = [...pageText(page).matchAll(/`([\w/-]+\.ts)`/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
});
