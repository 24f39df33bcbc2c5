import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineExtension, IMAGES, type ImagesApi, Raster } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import textualInversion from '../src/index.js';
import { embeddingFolder, hidingPicture, pictureJson, safetensors, vectors } from './embedding-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Report = Awaited<ReturnType<Host['describeModel']>>;
const { name, version, armature } = manifest;

describe('what files of embeddings are said to hold', () => {
  let host: Host;
  let images: ImagesApi;
  let folder: Awaited<ReturnType<typeof embeddingFolder>>;
  const warnings: string[] = [];
  beforeAll(async () => {
    folder = await embeddingFolder();
    const note = (message: string): void => void warnings.push(message);
    const look = defineExtension({
      setup({ use }) {
        images = use(IMAGES);
      },
    });
    host = await createTestHost({
      models: [tinyModelFolder, folder.root],
      watch: true,
      extensions: [{ manifest: { name, version, ...armature } as never, definition: textualInversion }, inlineExtension('test.look', look)],
      log: { debug() {}, info() {}, warn: note, error: note },
    });
  });
  afterAll(async () => {
    await host?.dispose();
    await rm(folder.root, { recursive: true, force: true });
  });
  const described = async (file: string, bytes: Uint8Array): Promise<Report> => {
    await folder.put(file, bytes);
    await host.refresh('embedding');
    return host.describeModel(join(folder.root, 'embeddings', file), { kind: 'embedding' });
  };

  it.each([
    ['SD 1.x', 'sd1.safetensors', { emb_params: vectors(3, 768) }, { vectors: 3, width: 768 }],
    ['SD 2.x', 'sd2.safetensors', { emb_params: vectors(1, 1024) }, { vectors: 1, width: 1024 }],
    ['SDXL', 'sdxl.safetensors', { clip_l: vectors(2, 768), clip_g: vectors(2, 1280) }, { vectors: 2, width: 2048 }],
  ] as const)('one for %s', async (base, file, tensors, facts) => {
    expect(await described(file, safetensors(tensors))).toMatchObject({
      base,
      facts,
      triggers: [{ word: file.replace('.safetensors', '') }],
      problems: [],
    });
  });

  it('pictures, with an embedding and without', async () => {
    const carrying = await images.encodePng(hidingPicture(pictureJson('painted', vectors(1, 64))));
    expect(await described('carrying.png', carrying)).toMatchObject({ triggers: [{ word: 'painted' }], facts: { step: 7 }, problems: [] });
    const empty = await images.encodePng(hidingPicture('{}'));
    expect((await described('empty.png', empty)).problems).toMatchObject([{ code: 'EMBEDDING_UNFIT' }]);
    const plain = await images.encodePng(new Raster(new Uint8Array(8 * 8 * 3).fill(200), { width: 8, height: 8, channels: 3 }));
    expect(await described('plain.png', plain)).toMatchObject({ format: 'picture without an embedding', problems: [] });
  });

  it('what the model at work cannot take, once there is one', async () => {
    const bytes = safetensors({ emb_params: vectors(1, 768, 3) });
    expect((await described('wide.safetensors', bytes)).problems).toEqual([]);
    await host.txt2img({ prompt: 'x', seed: 1, steps: 1, width: 64, height: 64 });
    const { problems, facts } = await described('wide.safetensors', bytes);
    expect(facts.width).toBe(768);
    expect(problems).toMatchObject([{ code: 'EMBEDDING_UNFIT', message: expect.stringContaining("the model's text encoder takes 64") }]);
  });

  it('a bad file is told of when it comes, before anybody asks for it', async () => {
    let count = 0;
    await vi.waitFor(
      async () => {
        if (warnings.some((message) => message.includes('bad-news'))) return;
        await folder.put(`bad-news-${count++}.safetensors`, safetensors({ a: vectors(1, 64), b: vectors(1, 64) }));
        throw new Error('nobody was told');
      },
      { timeout: 20_000, interval: 1500 },
    );
  });

  it('POST /sdapi/v1/refresh-embeddings answers null', async () => {
    const response = await host.answer(new Request('http://127.0.0.1/sdapi/v1/refresh-embeddings', { method: 'POST' }));
    expect([response?.status, await response?.json()]).toEqual([200, null]);
  });
});
