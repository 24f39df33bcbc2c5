import { type EmbeddingContribution, type PromptChunk, Tensor, type TextEmbedding } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const request = { seed: 3, steps: 2, width: 64, height: 64, prompt: 'a muchword b' };
/** Of the tiny model's text encoder. */
const width = 64;
const vectors = (count: number, value: number): Tensor => new Tensor(new Array<number>(count * width).fill(value), [count, width]);

/** A picture made with embeddings from `sources`, and the chunks of its prompt. */
async function made(...sources: readonly (() => unknown)[]) {
  const chunks: PromptChunk[] = [];
  const widths: number[] = [];
  const extensions = sources.map((list, at) =>
    inlineExtension(`test.source${at}`, {
      setup({ contribute, hooks }) {
        const give = (ctx: { readonly width: number }): unknown => {
          widths.push(ctx.width);
          return list();
        };
        contribute.embedding({ name: `source ${at}`, list: give as EmbeddingContribution['list'] });
        hooks.prompt.tokens.tap((tokens, { negative }) => {
          if (!negative && at === 0) chunks.push(...tokens.chunks);
        });
      },
    }),
  );
  const host = await createTestHost({ extensions });
  try {
    const { images, faults } = await host.txt2img(request);
    return { pixels: images[0]?.image.toBytes(), infotext: images[0]?.infotext ?? '', faults, chunks, widths };
  } finally {
    await host.dispose();
  }
}

describe('contributed embeddings', () => {
  let plain: Awaited<ReturnType<typeof made>>;
  beforeAll(async () => {
    plain = await made();
  });

  it('are placed where their names stand; of two with one name the later counts', async () => {
    const word = (value: number, hash?: string): readonly TextEmbedding[] => [
      { name: 'muchword', vectors: vectors(3, value), ...(hash === undefined ? {} : { hash: async () => hash }) },
    ];
    const alone = await made(() => word(0.5, 'abc'));
    expect(alone.faults).toEqual([]);
    expect(alone.widths).toEqual([width]);
    expect(alone.chunks[0]?.embeddings).toEqual([{ name: 'muchword', offset: 2, vectors: 3 }]);
    expect(alone.infotext).toContain('TI hashes: "muchword: abc"');
    expect(alone.pixels).not.toEqual(plain.pixels);
    const two = await made(
      () => word(-0.9),
      () => word(0.5),
    );
    expect(two.pixels).toEqual(alone.pixels);
    expect(two.infotext).not.toContain('TI hashes');
  });

  it.each([
    ['vectors of another width', () => [{ name: 'muchword', vectors: new Tensor([1, 2], [1, 2]) }]],
    ['more vectors than fit a chunk', () => [{ name: 'muchword', vectors: vectors(76, 1) }]],
    ['a name that is none', () => [{ name: 3, vectors: vectors(1, 1) }]],
    ['numbers in place of a tensor', () => [{ name: 'muchword', vectors: [1, 2, 3] }]],
    ['no list', () => undefined],
    [
      'an error',
      () => {
        throw new Error('no');
      },
    ],
  ])('%s are a fault of their owner, and the word is text', async (_, list) => {
    const { faults, pixels } = await made(list);
    expect(faults).toMatchObject([{ code: 'EXT_CONTRIBUTION_THREW', extension: 'test.source0', hook: 'embedding source 0' }]);
    expect(pixels).toEqual(plain.pixels);
  });
});
