import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GenerationResult, Host } from '@armature/core';
import type { Logger } from '@armature/sdk';
import { hookCatalogue } from '@armature/sdk/host';
import { createTestHost, inlineExtension } from '@armature/testing';
import { describe, expect, it } from 'vitest';
import { fencedBlocks, pageText } from './fenced-blocks.js';
import { loadExample } from './load-example.js';

const id = 'docs.example';
const request = { prompt: 'a red circle', seed: 7, steps: 3, width: 64, height: 64, sampler: 'Euler a' };
type Wish = Parameters<Host['txt2img']>[0];

/** A host with the example of a page in it, and what was logged. */
async function withExample(phase: string, use: (host: Host, said: readonly string[]) => Promise<void>): Promise<void> {
  const [example, ...more] = fencedBlocks(`docs/hooks/${phase}.md`, 'ts');
  expect(more).toEqual([]);
  const definition = await loadExample(example?.code ?? '');
  const said: string[] = [];
  const note = (message: string): void => void said.push(message);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const extension = inlineExtension(id, definition, { capabilities: ['graph'] });
  const host = await createTestHost({ extensions: [extension], log });
  try {
    expect(host.extensions()).toMatchObject([{ state: 'active', cause: undefined }]);
    await use(host, said);
    expect(host.faults()).toEqual([]);
  } finally {
    await host.dispose();
  }
}

/** Makes a picture without a fault; `args`: of the example. */
async function picture(
  host: Host,
  args: Record<string, unknown> = {},
  more: Partial<Wish> = {},
): Promise<GenerationResult['images'][number]> {
  const { images, faults } = await host.txt2img({ ...request, ...more, extensions: { [id]: args } });
  expect(faults).toEqual([]);
  const [image] = images;
  if (!image) throw new Error('no picture was made');
  return image;
}
const pixels = async (...parts: Parameters<typeof picture>): Promise<string> =>
  Buffer.from((await picture(...parts)).image.toBytes()).toString('base64');

describe('the example of', () => {
  it('startup draws noise as a GPU does, and greets', () =>
    withExample('startup', async (host, said) => {
      const made = await picture(host);
      expect(made.infotext).toContain('RNG: NV');
      expect(await pixels(host)).not.toBe(await pixels(host, {}, { settings: { randn_source: 'CPU' } }));
      expect(said.filter((line) => /Armature .* with 1 extensions$/.test(line))).toHaveLength(1);
    }));

  it('model weakens a block, and leaves it alone at 1', () =>
    withExample('model', async (host) => {
      const weak = await picture(host, { strength: 0 });
      expect(weak.infotext).toContain('Middle block strength: 0');
      const plain = await pixels(host, { enabled: false });
      expect(Buffer.from(weak.image.toBytes()).toString('base64')).not.toBe(plain);
      expect(await pixels(host, { strength: 1 })).toBe(plain);
    }));

  it('graph weakens the attention, and leaves it alone at 1', () =>
    withExample('graph', async (host) => {
      const plain = await pixels(host, { enabled: false });
      expect(await pixels(host, { attention: 0 })).not.toBe(plain);
      expect(await pixels(host, { attention: 1 })).toBe(plain);
    }));

  it('prompt fills the season in', () =>
    withExample('prompt', async (host) => {
      const { prompt, infotext } = await picture(host, { season: 'winter' }, { prompt: 'a circle in __season__' });
      expect(prompt).toBe('a circle in winter');
      expect(infotext).toContain('Season: winter');
    }));

  it('sampling sharpens late and counts the calls', () =>
    withExample('sampling', async (host, said) => {
      expect(await pixels(host, { from: 0.5 })).not.toBe(await pixels(host, { enabled: false }));
      const calls = said.flatMap((line) => /denoiser call (\d+) at sigma/.exec(line)?.[1] ?? []);
      expect(calls).toEqual(['1', '2', '3']);
    }));

  it('image takes colours away and says so in the name, when it is asked for', () =>
    withExample('image', async (host) => {
      const out = await mkdtemp(join(tmpdir(), 'armature-hook-pages-'));
      try {
        const { images } = await host.txt2img({ ...request, extensions: { [id]: { levels: 2 } } }, { out });
        expect(new Set(images[0]?.image.toBytes())).toEqual(new Set([0, 255]));
        expect(images[0]?.path).toMatch(/-2-levels\.png$/);
        expect(new Set((await host.txt2img(request)).images[0]?.image.toBytes()).size).toBeGreaterThan(2);
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    }));

  it('api holds steps down and trims what is pasted', () =>
    withExample('api', async (host) => {
      expect((await picture(host, {}, { steps: 60 })).infotext).toContain('Steps: 50,');
      const { infotext } = await host.paste('a star  \nSteps: 4, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64');
      expect(infotext.prompt).toBe('a star');
    }));

  it('ui is listed', () =>
    withExample('ui', async (host) => {
      expect(host.explain('ui.page')).toMatchObject([{ extension: id }]);
    }));

  it('job turns large ones away and tells of each end', () =>
    withExample('job', async (host, said) => {
      await expect(host.txt2img({ ...request, width: 2048, height: 2048 })).rejects.toMatchObject({
        code: 'JOB_REJECTED',
        message: expect.stringContaining('4194304 pixels are more than 1048576'),
      });
      await picture(host);
      expect(said.filter((line) => / (done|failed) after \d+ ms with 0 fault/.test(line))).toHaveLength(2);
    }));
});

it.each(Object.entries(hookCatalogue))('the page of %s says when each hook speaks and what a fault does', (phase, hooks) => {
  const [prose = ''] = pageText(`docs/hooks/${phase}.md`).split('## The hooks');
  for (const hook of Object.keys(hooks)) expect(prose).toContain(`| \`${hook}\` | `);
  expect(prose).toContain('](README.md#when-a-tap-fails)');
});
