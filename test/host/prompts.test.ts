import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { defineExtension } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle', negativePrompt: 'blurry', seed: 5, steps: 4, width: 64, height: 64 };
const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.listener', engines: { armature: '^0.1' } } };

/** What the hooks were told, in order. */
let heard: string[] = [];
const listener = defineExtension({
  setup({ hooks: { prompt, sampling } }) {
    prompt.text.tap((text) => void heard.push(`text ${text.prompt}`));
    prompt.tokens.tap(({ text }) => void heard.push(`tokens ${text}`));
    prompt.conditioning.tap(
      ({ crossAttention }, { negative }) => void heard.push(`${negative ? 'negative' : 'positive'} ${crossAttention.shape}`),
    );
    sampling.feeds.tap(({ latent, positiveRows }) => void heard.push(`feeds ${latent.batch} ${positiveRows}`));
  },
});

let host: Host;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'armature-styles-'));
  writeFileSync(
    join(folder, 'styles.csv'),
    '\ufeffname,prompt,negative_prompt\nNoir,"{prompt}, ""film noir"",\nrain",colour\n#Hidden,x,\nBright,sunny,\n',
  );
  host = await createTestHost({ models: [folder, tinyModelFolder], extensions: [{ manifest, definition: listener }] });
});
afterAll(async () => {
  await host.dispose();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  heard = [];
});
const heardOf = (kind: string): readonly string[] =>
  heard.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
const pixels = async (prompt: string, more: object = {}): Promise<string> =>
  Buffer.from((await host.txt2img({ ...request, ...more, prompt })).images[0]?.image.toBytes() ?? []).toString('base64');

describe('prompt hooks', () => {
  it('speak once for a plain prompt, whatever the number of steps', async () => {
    await host.txt2img({ ...request, batchSize: 2 });
    expect(heardOf('tokens')).toEqual(['blurry', 'a red circle']);
    expect([...heardOf('negative'), ...heardOf('positive')]).toEqual(['2,77,64', '2,77,64']);
    expect(heardOf('feeds')).toEqual(Array(4).fill('4 2'));
  });

  it('speak once for each text of a schedule, and see the parts of AND as rows', async () => {
    await host.txt2img({ ...request, prompt: 'a [red|blue] circle AND a cat :0.5' });
    expect(heardOf('text')).toEqual(['a [red|blue] circle AND a cat :0.5']);
    expect(heardOf('tokens')).toEqual(['blurry', 'a red circle', 'a blue circle', ' a cat']);
    expect(heardOf('positive')).toEqual(Array(2).fill('2,77,64'));
    expect(heardOf('feeds')).toEqual(Array(4).fill('3 2'));
  });

  it('see positive rows alone where the negative prompt is left out', async () => {
    await host.txt2img({ ...request, settings: { skip_early_cond: 0.5 } });
    expect(heardOf('feeds')).toEqual(['1 1', '1 1', '1 1', '2 1']);
  });
});

describe('prompt text', () => {
  it('takes styles in before the hook, and leaves comments out behind it', async () => {
    const { images } = await host.txt2img({ ...request, prompt: 'a cat # secret', styles: ['Noir', 'nobody', '#Hidden', 'Bright'] });
    expect(heardOf('text')).toEqual(['a cat # secret, "film noir",\nrain, sunny']);
    expect(images[0]?.prompt).toBe('a cat \nrain, sunny');
    expect(images[0]?.negativePrompt).toBe('blurry, colour');
    const { images: kept } = await host.txt2img({ ...request, prompt: 'a cat # 9', settings: { enable_prompt_comments: false } });
    expect(kept[0]?.prompt).toBe('a cat # 9');
  });

  it('composes by weight: parts of half weight equal the whole, weight 0 is no part', async () => {
    const whole = await pixels('a red circle');
    expect(await pixels('a red circle :0.5 AND a red circle :0.5')).toBe(whole);
    expect(await pixels('a red circle AND a dog :0')).toBe(whole);
    expect(await pixels('a red circle : 1')).toBe(whole);
    expect(await pixels('a red circle : 2')).not.toBe(whole);
  });

  it('schedules by the denoiser call: a piece that ends at 1 rules calls 0 and 1', async () => {
    expect(await pixels('[a dog:a red circle:0]')).toBe(await pixels('a red circle'));
    expect(await pixels('[a red circle:a dog:3]')).toBe(await pixels('a red circle'));
    expect(await pixels('[a red circle:a dog:2]')).not.toBe(await pixels('a red circle'));
  });
});

describe('prompts nobody means', () => {
  it.each([
    ['10,000 tokens', 'cat '.repeat(10_000), undefined],
    ['10,000 tokens that change', `[a|b] ${'cat '.repeat(10_000)}`, undefined],
    ['control characters', Array.from({ length: 128 }, (_, i) => String.fromCharCode(i)).join(''), undefined],
    ['emoji and half ones', '👩‍👩‍👧‍👦🏳️‍🌈\ud83d [\udc68:x:2]', undefined],
    ['brackets in brackets', '['.repeat(5000), 'PROMPT_INVALID'],
    ['a weight that is no number', '(a:1.2.3)', 'PROMPT_INVALID'],
    ['200 parts', 'a AND '.repeat(200), 'PROMPT_INVALID'],
  ])('%s', async (_, prompt, code) => {
    const run = host.txt2img({ ...request, prompt, steps: 1 });
    if (code) await expect(run).rejects.toMatchObject({ code });
    else expect((await run).images.length).toBe(1);
  });

  it('styles that would grow without bound, and files that are no styles', async () => {
    const path = join(folder, 'styles.csv');
    writeFileSync(path, 'name,prompt\nTwice,{prompt} {prompt}\n');
    await expect(host.txt2img({ ...request, styles: Array(40).fill('Twice') })).rejects.toMatchObject({ code: 'PROMPT_INVALID' });
    writeFileSync(path, 'a picture of nothing\n');
    await expect(host.txt2img({ ...request, styles: ['Twice'] })).rejects.toMatchObject({ code: 'STYLES_INVALID' });
  });
});
