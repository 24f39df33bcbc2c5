import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestHost } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

expect.extend(matchers);

type Host = Awaited<ReturnType<typeof createTestHost>>;
type GeneratedImage = Awaited<ReturnType<Host['txt2img']>>['images'][number];

const from = fileURLToPath(new URL('..', import.meta.url));
const size = { steps: 4, width: 64, height: 64 };
const scene = /^a (?:red|blue|yellow|green|white|black) (?:circle|square|triangle|star) on a \w+ background$/;

/** The user's lists, in the extension's storage folder. */
const lists: Readonly<Record<string, string>> = {
  colours: 'violet',
  empty: '# nothing yet\n',
  round: 'a __trip__',
  trip: 'around __round__',
  many: '__some__ '.repeat(30),
  some: '__colours__ '.repeat(30),
};

describe('prompt wildcards', () => {
  let data: string;
  let shipped: Host;
  let host: Host;
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'armature-wildcards-'));
    const storage = join(data, 'extensions', 'examples.prompt-wildcards');
    await mkdir(storage, { recursive: true });
    for (const [name, text] of Object.entries(lists)) await writeFile(join(storage, `${name}.txt`), text);
    await writeFile(join(data, 'secret.txt'), 'secret');
    shipped = await createTestHost({ extensions: [{ from }] });
    host = await createTestHost({ extensions: [{ from }], data, log });
  });
  afterAll(async () => {
    await shipped.dispose();
    await host.dispose();
    await rm(data, { recursive: true, force: true });
  });

  const promptOf = async (prompt: string, on: Host = host): Promise<string> =>
    (await on.txt2img({ ...size, prompt, seed: 7, strict: true })).images[0]!.prompt;
  const template = ({ infotext }: GeneratedImage): string | undefined => /Wildcard prompt: ([^,\n]+)/.exec(infotext)?.[1];

  it('draws a line for each picture by its seed, also through lists that name others', async () => {
    const { images } = await shipped.txt2img({ ...size, prompt: '__scenes__', seed: 7, iterations: 4, strict: true });
    for (const { prompt } of images) expect(prompt).toMatch(scene);
    expect(new Set(images.map(({ prompt }) => prompt)).size).toBeGreaterThan(2);
    const { images: alone } = await shipped.txt2img({ ...size, prompt: '__scenes__', seed: images[2]!.seed });
    expect(alone[0]!.prompt).toBe(images[2]!.prompt);
    expect(alone[0]!.image).toBeIdenticalTo(images[2]!.image);
  });

  it('draws at random for a random seed, and the parameters make the picture again', async () => {
    const hires = { scale: 1.5, denoisingStrength: 0.5, upscaler: 'Latent' };
    const drawn = await shipped.txt2img({ ...size, prompt: '__scenes__', negativePrompt: '__animals__', hires });
    const [picture] = drawn.images as [GeneratedImage];
    expect(picture.infotext.split('\n')[0]).toBe(picture.prompt);
    expect(template(picture)).toBe('__scenes__');
    expect(picture.infotext).toContain('Wildcard negative prompt: __animals__');
    const { init: _, ...again } = (await shipped.paste(picture.infotext)).request;
    const [made] = (await shipped.txt2img(again)).images as [GeneratedImage];
    expect(made.image).toBeIdenticalTo(picture.image);
    expect(made.infotext).toBe(picture.infotext);
  });

  it('takes the list of the user before the one that came with it', async () => {
    expect(await promptOf('a __colours__ star')).toBe('a violet star');
    expect(await promptOf('a __colours__ star', shipped)).toMatch(/^a (?!violet)\w+ star$/);
  });

  it('leaves alone what is no list, and says nothing then', async () => {
    for (const prompt of ['a __nosuchlist__ star', 'an __empty__ star', 'snake_case and __', '____', '__ __'])
      expect(await promptOf(prompt)).toBe(prompt);
    const { images } = await host.txt2img({ ...size, prompt: 'a star', seed: 7 });
    expect(template(images[0]!)).toBeUndefined();
  });

  it.each(['__../../secret__', '__colours/../../../secret__', '__/etc/hostname__'])('does not read %s', async (prompt) => {
    expect(await promptOf(prompt)).toBe(prompt);
    expect(warnings.at(-1)).toContain('leaves its folder');
  });

  it('ends for lists that name each other, and for those that grow without end', async () => {
    expect(await promptOf('go __round__')).toBe('go a around a around a around a around __round__');
    const { images } = await host.txt2img({ ...size, prompt: 'go __round__', seed: 7 });
    const { init: _, ...again } = (await host.paste(images[0]!.infotext)).request;
    expect((await host.txt2img(again)).images[0]!.infotext).toBe(images[0]!.infotext);
    const many = await promptOf('__many__');
    expect(many.match(/violet/g)!.length).toBeLessThan(500);
    expect(many.trim()).toMatch(/^violet .*__colours__ __some__ .*__some__$/);
  });

  it('expands the prompt of the second pass by the same seed', async () => {
    const hires = { scale: 2, denoisingStrength: 0.5, upscaler: 'Latent' };
    const { images } = await shipped.txt2img({ ...size, prompt: '__scenes__', seed: 7, strict: true, hires });
    expect(images[0]!.prompt).toMatch(scene);
    expect(images[0]!.infotext).not.toContain('Hires prompt');
    expect(template(images[0]!)).toBe('__scenes__');
  });
});
