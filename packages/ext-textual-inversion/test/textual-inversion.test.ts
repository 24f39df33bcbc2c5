import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { defineExtension, IMAGES, type ImagesApi, type PromptChunk } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import textualInversion from '../src/index.js';
import { embeddingFolder, hidingPicture, pictureJson, safetensors, vectors } from './embedding-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Settings = NonNullable<Parameters<Host['txt2img']>[0]['settings']>;

const { name, version, armature } = manifest;
const request = { seed: 5, steps: 2, width: 64, height: 64 };
/** Of the tiny model's text encoder. */
const width = 64;
const shortHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

describe('embeddings in prompts', () => {
  let host: Host;
  let images: ImagesApi;
  let folder: Awaited<ReturnType<typeof embeddingFolder>>;
  const one = safetensors({ emb_params: vectors(1, width) });
  const four = safetensors({ '<four>': vectors(4, width, 9) });
  const warnings: string[] = [];
  let chunks: PromptChunk[] = [];

  beforeAll(async () => {
    folder = await embeddingFolder();
    await folder.put('wordone.safetensors', one);
    await folder.put('wordone long.safetensors', four);
    const note = (message: string): void => void warnings.push(message);
    const look = defineExtension({
      setup({ hooks, use }) {
        images = use(IMAGES);
        hooks.prompt.tokens.tap((tokens, { negative }) => {
          if (!negative) chunks = [...tokens.chunks];
        });
      },
    });
    host = await createTestHost({
      models: [tinyModelFolder, folder.root],
      extensions: [{ manifest: { name, version, ...armature } as never, definition: textualInversion }, inlineExtension('test.look', look)],
      log: { debug() {}, info() {}, warn: note, error: note },
    });
  });
  beforeEach(() => {
    warnings.length = 0;
  });
  afterAll(async () => {
    await host?.dispose();
    await rm(folder.root, { recursive: true, force: true });
  });

  const make = async (prompt: string, negativePrompt = '', settings: Settings = {}) => {
    const made = await host.txt2img({ ...request, prompt, negativePrompt, settings });
    expect(made.faults).toEqual([]);
    const pixels = Buffer.from(made.images[0]?.image.toBytes() ?? []).toString('base64');
    return { pixels, infotext: made.images[0]?.infotext ?? '' };
  };
  const placed = (): readonly (readonly unknown[])[] => chunks.map(({ embeddings }) => embeddings.map((item) => [item.name, item.offset]));

  it('change the picture wherever they stand, and are named with their hashes', async () => {
    const before = await make('a red circle');
    const made = await make('a red WORDONE circle', 'wordone long, bad');
    expect(made.infotext).toContain(`TI hashes: "wordone: ${shortHash(one)}, wordone long: ${shortHash(four)}"`);
    const weighed = await make('a red (wordone:1.5) circle');
    expect(new Set([before, made, weighed].map(({ pixels }) => pixels)).size).toBe(3);
    expect(await make('a red circle')).toEqual(before);
    const quiet = await make('a red wordone circle', '', { textual_inversion_add_hashes_to_infotext: false });
    expect(quiet.infotext).not.toContain('TI hashes');
  });

  it('stand in one chunk, the longest of those that begin alike', async () => {
    await make('wordone long, wordone');
    expect(placed()).toEqual([
      [
        ['wordone long', 1],
        ['wordone', 6],
      ],
    ]);
    expect(chunks[0]?.tokens.slice(1, 5)).toEqual([0, 0, 0, 0]);
    await make(`${'red '.repeat(72)}wordone long red`);
    expect(placed()).toEqual([[], [['wordone long', 1]]]);
    await make(`${'red '.repeat(71)}wordone long`);
    expect(placed()).toEqual([[['wordone long', 72]]]);
  });

  it('keep their vectors where a chunk is cut behind a comma, as in the reference', async () => {
    await make(`${'red '.repeat(70)}, wordone long red`);
    expect(placed()).toEqual([[['wordone long', 72]], []]);
    expect(chunks[1]?.tokens.slice(1, 5)).toEqual([0, 0, 0, 0]);
  });

  it('stand where the first attention syntax puts them', async () => {
    await make('((wordone long)) wordone', '', { use_old_emphasis_implementation: true });
    expect(placed()).toEqual([
      [
        ['wordone long', 1],
        ['wordone', 5],
      ],
    ]);
    expect(chunks[0]?.weights[1]).toBeCloseTo(1.21);
    await make(`${'red '.repeat(73)}wordone long red`, '', { use_old_emphasis_implementation: true });
    expect(placed()).toEqual([[['wordone long', 74]]]);
    expect(chunks[0]?.tokens).toHaveLength(77);
  });

  it('may be put there, and replaced, while the host runs', async () => {
    const text = await make('late');
    expect(text.infotext).not.toContain('TI hashes');
    await folder.put('late.safetensors', one);
    expect((await make('late')).pixels).toBe((await make('wordone')).pixels);
    await folder.put('late.safetensors', four);
    expect((await make('late')).pixels).toBe((await make('wordone long')).pixels);
  });

  it('come in pictures, as text or in their pixels', async () => {
    const json = pictureJson('in text', vectors(1, width));
    const plain = hidingPicture(pictureJson('in pixels', vectors(1, width)));
    await folder.put(
      'a.png',
      await images.encodePng(images.resize(plain, { width: 8, height: 8 }, 'box'), {
        'sd-ti-embedding': Buffer.from(json).toString('base64'),
      }),
    );
    await folder.put('b.png', await images.encodePng(plain));
    await folder.put('b.preview.png', await images.encodePng(plain));
    const wanted = (await make('wordone')).pixels;
    expect((await make('in text')).pixels).toBe(wanted);
    expect((await make('in pixels')).pixels).toBe(wanted);
    expect(warnings).toEqual([]);
  });

  const skipped: readonly (readonly [file: string, bytes: Uint8Array, reason: string])[] = [
    ['narrow.safetensors', safetensors({ e: vectors(2, 32) }), 'its vectors have 32 numbers, the model'],
    ['pair.safetensors', safetensors({ clip_l: vectors(2, 768), clip_g: vectors(2, 1280) }), '2048 numbers for two encoders together'],
    ['terms.safetensors', safetensors({ a: vectors(1, width), b: vectors(1, width) }), 'it holds 2 terms'],
    ['many.safetensors', safetensors({ e: vectors(76, width) }), 'it has 76 vectors'],
    ['cube.safetensors', safetensors({ e: { shape: [1, 1, width], values: vectors(1, width).values } }), 'shape [1,1,64]'],
    ['nan.safetensors', safetensors({ e: { shape: [width], values: new Array<number>(width).fill(Number.NaN) } }), 'vector 0 holds NaN'],
    ['cut.safetensors', one.subarray(0, 200), 'cut.safetensors'],
    ['empty.pt', new Uint8Array(), 'it is empty'],
    ['pickle.pt', Buffer.from('\x80\x02cos\nsystem\nq\x00.', 'latin1'), 'pickle.pt'],
    ['broken.png', Buffer.from('\x89PNG\r\n\x1a\nnothing', 'latin1'), 'broken.png'],
    ['below/wordone.safetensors', four, 'has the same name and counts in its place'],
  ];
  it('name every file that is skipped, once', async () => {
    for (const [file, bytes] of skipped) await folder.put(file, bytes);
    await make('a narrow pair');
    for (const [file, , reason] of skipped) {
      expect(
        warnings.filter((warning) => warning.includes(file.replace('below/', '')) && warning.includes(reason)),
        file,
      ).toHaveLength(1);
    }
    const before = warnings.length;
    await make('a narrow pair');
    expect(warnings).toHaveLength(before);
  });

  it('may be many', async () => {
    for (let at = 0; at < 500; at++) await folder.put(`many${at}.safetensors`, at % 2 === 0 ? one : one.subarray(0, at % 200));
    expect((await make('many498')).infotext).toContain(`TI hashes: "many498: ${shortHash(one)}"`);
    expect(warnings.filter((warning) => warning.includes('many'))).toHaveLength(250);
  });
});
