import { beforeAll, describe, expect, it } from 'vitest';
import { type ClipTokenizer, createClipTokenizer, createOpenClipTokenizer } from '../../src/prompt/index.js';
import { readTable } from './read-table.js';

let tokenizer: ClipTokenizer;
beforeAll(async () => {
  tokenizer = await createClipTokenizer();
});

describe('CLIP tokenizer', () => {
  it('gives the ids of Hugging Face for all recorded strings', () => {
    const rows = readTable<{ s: string; hf: number[] }>('clip_tokens.json');
    expect(rows.length).toBe(200);
    expect(rows.filter(({ s, hf }) => String(tokenizer.encode(s)) !== String(hf)).map(({ s }) => s)).toEqual([]);
  });

  it('gives the ids of OpenCLIP for all recorded strings', () => {
    const rows = readTable<{ s: string; oc: number[] }>('clip_tokens.json');
    const openClip = createOpenClipTokenizer(tokenizer);
    expect(rows.filter(({ s, oc }) => String(openClip.encode(s)) !== String(oc)).map(({ s }) => s)).toEqual([]);
  });

  it('differs from the webui only where its ftfy repairs the text', () => {
    const rows = readTable<{ text: string; ids: number[] }>('tokenizer.json');
    const others = rows.filter(({ text, ids }) => String(tokenizer.encode(text)) !== String(ids)).map(({ text }) => text);
    const repaired = /&(amp|lt);|[“‘â€Ã]|ﬁ|ŉ|[Ａ-ｚ]/;
    expect(others.filter((text) => !repaired.test(text))).toEqual([]);
    expect(others.length).toBe(9);
  });

  it('takes a long word without spaces in reasonable time', () => {
    const word = '猫犬鳥'.repeat(5000);
    const ids = tokenizer.encode(word);
    const short = tokenizer.encode('猫犬鳥'.repeat(2));
    // The same merges repeat: all but the first and last syllables are encoded alike.
    expect(ids.length).toBeGreaterThan(5000);
    expect(ids.slice(0, 3)).toEqual(short.slice(0, 3));
    expect(ids.at(-1)).toBe(short.at(-1));
  });

  it('loads in short slices', async () => {
    let last = performance.now();
    let longest = 0;
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const [before] = [process.cpuUsage()];
    await createClipTokenizer();
    clearInterval(timer);
    const used = process.cpuUsage(before);
    // Printed, not asserted: the machine may be busy.
    console.log(`tokenizer: ${((used.user + used.system) / 1000).toFixed(0)} ms CPU, longest gap ${longest.toFixed(0)} ms`);
    expect(longest).toBeGreaterThan(0);
  });
});
