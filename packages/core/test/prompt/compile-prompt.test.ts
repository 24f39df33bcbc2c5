import { type PromptChunk, Tensor } from '@armature/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  applyEmphasis,
  type ClipTokenizer,
  compilePrompt,
  createClipTokenizer,
  type Emphasis,
  type EncodedChunk,
  emptyChunk,
  extractTags,
  joinChunks,
  parseAttention,
} from '../../src/prompt/index.js';
import { readTable } from './read-table.js';

interface Row {
  readonly prompt: string;
  readonly attention: readonly (readonly [string, number])[];
  readonly chunks: readonly { readonly tokens: readonly number[]; readonly multipliers: readonly number[] }[];
  readonly extra_networks: {
    readonly prompt: string;
    readonly networks: Readonly<Record<string, readonly { readonly positional: readonly string[]; readonly named: object }[]>>;
  };
}

const rows = readTable<Row>('prompt_parser.json');
const original = { emphasis: 'Original', commaBacktrack: 20 } as const;
let tokenizer: ClipTokenizer;
beforeAll(async () => {
  tokenizer = await createClipTokenizer();
});

describe('attention syntax', () => {
  it.each(rows)('$prompt', ({ prompt, attention }) => {
    expect(parseAttention(prompt).map(({ text, weight }) => [text, weight])).toEqual(attention);
  });

  it('refuses a weight that is no number, by name', () => {
    expect(() => parseAttention('(a:1.2.3)')).toThrow(expect.objectContaining({ code: 'PROMPT_INVALID' }));
  });

  it('multiplies a BREAK in weighted brackets, so that it is a word', () => {
    expect(parseAttention('(a BREAK b:1.2)').map(({ weight }) => weight)).toEqual([1.2, -1.2, 1.2]);
  });

  it('knows words beyond ASCII, and reads long runs of spaces', () => {
    expect(parseAttention('éBREAK')).toEqual([{ text: 'éBREAK', weight: 1 }]);
    expect(parseAttention('a BREAK BREAK b').map(({ text }) => text)).toEqual(['a', 'BREAK', '', 'BREAK', 'b']);
    const start = process.cpuUsage();
    parseAttention(`${' '.repeat(100_000)}x`);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(200);
  });

  it('refuses brackets nobody can mean, and reads many that close', () => {
    expect(() => parseAttention('('.repeat(300))).toThrow(expect.objectContaining({ code: 'PROMPT_INVALID' }));
    expect(parseAttention('(a)[b]'.repeat(15_000)).length).toBe(30_000);
  });
});

describe('chunks', () => {
  // Its entities are decoded by the webui's ftfy, not by Hugging Face's tokenizer.
  it.each(rows.filter(({ prompt }) => !prompt.includes('&amp;')))('$prompt', async ({ prompt, chunks }) => {
    const compiled = (await compilePrompt(prompt, tokenizer, original)).chunks;
    expect(compiled.map(({ tokens }) => tokens)).toEqual(chunks.map(({ tokens }) => tokens));
    expect(compiled.map(({ weights }) => weights)).toEqual(chunks.map(({ multipliers }) => multipliers));
  });

  it('is the same for a long prompt, which is read in slices', async () => {
    const words = Array.from({ length: 8000 }, (_, i) => `word${i % 97}, tab\tquote's 猫`).join(' ');
    const { chunks } = await compilePrompt(words, tokenizer, { ...original, commaBacktrack: 0 });
    expect(chunks.flatMap(({ tokens }) => tokens.filter((token) => token < 49406))).toEqual(tokenizer.encode(words));
  });

  it('is one for an empty prompt', async () => {
    expect((await compilePrompt('', tokenizer, original)).chunks).toEqual([emptyChunk(tokenizer)]);
    expect(emptyChunk(tokenizer).tokens).toEqual([49406, ...new Array(76).fill(49407)]);
  });

  it('does not look back for a comma when told not to', async () => {
    const text = `${'cat '.repeat(70)}, ${'dog '.repeat(10)}`;
    const lengths = async (commaBacktrack: number) =>
      (await compilePrompt(text, tokenizer, { ...original, commaBacktrack })).chunks.map(({ tokens }) => tokens.indexOf(49407) - 1);
    expect(await lengths(20)).toEqual([71, 10]);
    expect(await lengths(3)).toEqual([75, 6]);
    expect(await lengths(0)).toEqual([75, 6]);
  });

  it('reads brackets as the first webui did when told so: tokens of brackets count, numbers are text, one chunk', async () => {
    const { chunks } = await compilePrompt(`((red:2)) cat ${'dog '.repeat(100)}`, tokenizer, { ...original, old: true });
    expect(chunks.length).toBe(1);
    const [red, colon, two, cat] = (chunks[0]?.weights ?? []).slice(1);
    expect([red, colon, two]).toEqual([1.1 * 1.1, 1.1 * 1.1, 1.1 * 1.1]);
    expect(cat).toBeCloseTo(1, 12);
  });

  it('leaves brackets as text with emphasis None, and reads them with Ignore', async () => {
    const none = (await compilePrompt('(cat)', tokenizer, { ...original, emphasis: 'None' })).chunks[0];
    expect(none?.tokens.slice(1, 4)).toEqual(tokenizer.encode('(cat)'));
    const ignored = (await compilePrompt('(cat)', tokenizer, { ...original, emphasis: 'Ignore' })).chunks[0];
    expect(ignored?.tokens.slice(1, 3)).toEqual([2368, 49407]);
  });
});

describe('emphasis', () => {
  const hidden = new Tensor(
    Float32Array.from({ length: 77 * 4 }, (_, i) => 1 + Math.sin(i)),
    [1, 77, 4],
  );
  const mean = (tensor: Tensor): number => tensor.toFloat32Array().reduce((sum, value) => sum + value, 0) / tensor.size;
  const encoded = async (text: string, states = hidden, times = 1): Promise<EncodedChunk> => ({
    hidden: states,
    chunk: (await compilePrompt(text, tokenizer, original)).chunks[0] as PromptChunk,
    times,
  });
  const one = async (emphasis: Emphasis): Promise<Tensor> => applyEmphasis([await encoded('a (red:2) cat')], emphasis)[0] as Tensor;

  it('Original weights tokens and restores the mean', async () => {
    const weighted = await one('Original');
    expect(mean(weighted)).toBeCloseTo(mean(hidden), 5);
    const ratio = (token: number): number => weighted.at(token * 4) / hidden.at(token * 4);
    expect(ratio(2) / ratio(1)).toBeCloseTo(2, 5);
  });

  it('Original restores the mean of all pieces of a schedule, each as often as it occurs', async () => {
    const other = hidden.map((value) => 3 - value);
    const variants = [await encoded('a (red:2) cat', hidden, 3), await encoded('a (dog:0.5)', other)];
    const [first, second] = applyEmphasis(variants, 'Original') as [Tensor, Tensor];
    expect((3 * mean(first) + mean(second)) / 4).toBeCloseTo((3 * mean(hidden) + mean(other)) / 4, 5);
    expect(mean(first)).not.toBeCloseTo(mean(hidden), 3);
  });

  it('No norm only weights, Ignore and None change nothing', async () => {
    const weighted = await one('No norm');
    expect([weighted.at(4), weighted.at(8)]).toEqual([hidden.at(4), 2 * hidden.at(8)]);
    expect(await one('Ignore')).toBe(hidden);
    expect(await one('None')).toBe(hidden);
  });

  it('joins chunks one behind the other', () => {
    const joined = joinChunks([hidden, hidden.scale(2)]);
    expect(joined.shape).toEqual([1, 154, 4]);
    expect(joined.at(77 * 4)).toBe(2 * hidden.at(0));
    expect(() => joinChunks([hidden, new Tensor(new Float32Array(77), [1, 77, 1])])).toThrow(RangeError);
  });
});

describe('tags', () => {
  it('that never close cost no time', () => {
    const start = process.cpuUsage();
    expect(extractTags(`<a:b>${'<a:'.repeat(33_000)}`).tags.length).toBe(1);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(200);
  });

  it.each(rows)('$prompt', ({ prompt, extra_networks: wanted }) => {
    const { text, tags } = extractTags(prompt);
    expect(text).toBe(wanted.prompt);
    for (const [kind, items] of Object.entries(wanted.networks)) {
      const found = tags.filter((tag) => tag.kind === kind);
      expect(found.map(({ args, named }) => ({ positional: args, named }))).toEqual(
        items.map(({ positional, named }) => ({ positional, named })),
      );
    }
    expect(tags.length).toBe(Object.values(wanted.networks).flat().length);
  });
});
