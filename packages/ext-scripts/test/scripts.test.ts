import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Request = Parameters<Host['txt2img']>[0];

const from = fileURLToPath(new URL('..', import.meta.url));
const request = { prompt: 'a cat|red', seed: 5, steps: 2, width: 64, height: 64 };
const given = new Raster(
  Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7) % 256),
  { width: 64, height: 64, channels: 3 },
);
const plot = (args: Readonly<Record<string, unknown>>): Request => ({
  ...request,
  script: { name: 'X/Y/Z plot', args: { csvMode: true, drawLegend: false, ...args } },
});

describe('scripts', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost({ extensions: [{ from }] });
  });
  afterAll(() => host?.dispose());

  const seen = ({ images }: Awaited<ReturnType<Host['txt2img']>>) =>
    images.map(({ kind, image, seed }) => `${kind} ${image.width}x${image.height} ${seed}`);

  it('makes every combination of a prompt, and a grid', async () => {
    const result = await host.txt2img({ ...request, script: { name: 'prompt matrix', args: [false, true] } });
    expect(result.images.map(({ kind, prompt, seed }) => [kind, prompt, seed])).toEqual([
      ['grid', 'a cat', 5],
      ['picture', 'a cat', 5],
      ['picture', 'a cat, red', 6],
    ]);
    const alone = await host.txt2img({ ...request, prompt: 'a cat, red', seed: 6 });
    expect(result.images[2]?.image.toBytes()).toEqual(alone.images[0]?.image.toBytes());
  });

  it('plots three axes, tells every cell and gives what is asked for', async () => {
    const result = await host.txt2img(
      plot({
        xType: 'Steps',
        xValues: '1,2',
        yType: 'Seed',
        yValues: '7',
        zType: 6,
        zValues: '3-5 [2]',
        includeLoneImages: true,
        includeSubGrids: true,
      }),
    );
    expect(seen(result)).toEqual(['grid 256x64 7', 'grid 128x64 7', 'grid 128x64 7', ...Array(4).fill('picture 64x64 7')]);
    expect(result.facts?.infotexts).toHaveLength(7);
    expect(result.images[0]?.infotext).toContain(
      'Script: X/Y/Z plot, X Type: Steps, X Values: "1,2", Y Type: Seed, Y Values: 7, Fixed Y Values: 7, Z Type: CFG Scale, Z Values: 3-5 [2]',
    );
    expect(result.images[3]?.infotext).not.toContain('Script');
  });

  it('draws a legend beside the cells', async () => {
    const [plain] = (await host.txt2img(plot({ xType: 'Steps', xValues: '1,2' }))).images;
    const [drawn] = (await host.txt2img(plot({ xType: 'Steps', xValues: '1,2', drawLegend: true, margin: 4 }))).images;
    expect(drawn!.image.width).toBe(plain!.image.width + 4);
    expect(drawn!.image.height).toBeGreaterThan(plain!.image.height);
  });

  it.each([
    ['10,000 cells', { xType: 'Seed', xValues: '1-100', yType: 'Steps', yValues: '1-100' }, 'SCRIPT_INVALID', '10000 pictures'],
    ['values that are none', { xType: 'Steps', xValues: 'many' }, 'SCRIPT_INVALID', 'many'],
    ['no values', { xType: 'Steps', xValues: '' }, 'SCRIPT_INVALID', 'has no values'],
    ['too many values of one axis', { xType: 'Seed', xValues: '1-99999999' }, 'SCRIPT_INVALID', 'more than 1000'],
    ['an axis that is not built', { xType: 'FP8 mode', xPicked: ['Enable'], csvMode: false }, 'SCRIPT_INVALID', 'float32'],
    ['words that are not in the prompt', { xType: 'Prompt S/R', xValues: 'dog,bird' }, 'SCRIPT_INVALID', '"dog"'],
    ['a sampler nobody has', { xType: 'Sampler', xValues: 'Euler,Ruler' }, 'SAMPLER_UNKNOWN', 'Ruler'],
    ['a checkpoint that is not there', { xType: 'Checkpoint name', xValues: 'nowhere' }, 'MODEL_NOT_FOUND', 'nowhere'],
    ['a value out of range', { xType: 'Steps', xValues: '0' }, 'REQUEST_INVALID', 'steps'],
    ['a size that is none', { xType: 'Size', xValues: '64' }, 'SCRIPT_INVALID', '512x768'],
    ['an axis nobody has', { xType: 99 }, 'REQUEST_INVALID', 'script.args.xType'],
    ['an argument nobody has', { colour: 1 }, 'REQUEST_INVALID', 'script.args.colour'],
  ])('refuses %s before anything is made', async (_name, args, code, text) => {
    const stages: string[] = [];
    const made = host.txt2img(plot(args), { onProgress: ({ stage }) => void stages.push(stage) });
    await expect(made).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    expect(stages.filter((stage) => stage !== 'queued')).toEqual([]);
  });

  it('knows scripts by their tab', async () => {
    const made = host.txt2img({ ...request, script: { name: 'Loopback', args: [] } });
    await expect(made).rejects.toMatchObject({ code: 'SCRIPT_UNKNOWN', message: expect.stringContaining('X/Y/Z plot') });
  });

  it('saves cells, and the grid by its options', async () => {
    const out = await mkdtemp(join(tmpdir(), 'armature-scripts-'));
    try {
      const result = await host.txt2img(plot({ xType: 'Steps', xValues: '1,2' }), { out });
      expect(result.images.map(({ path }) => path !== undefined)).toEqual([true]);
      const files = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.png'));
      expect(files).toHaveLength(3);
      expect(files.filter((name) => name.startsWith('txt2img-grids'))).toHaveLength(1);
    } finally {
      await rm(out, { recursive: true });
    }
  });

  it('keeps what was finished when it is cancelled', async () => {
    const stop = new AbortController();
    const result = await host.txt2img(plot({ xType: 'Seed', xValues: '1-50' }), {
      signal: stop.signal,
      onProgress: ({ iteration, stage }) => iteration === 2 && stage === 'sampling' && stop.abort(),
    });
    expect(result.status).toBe('cancelled');
    expect(seen(result)).toEqual(['picture 64x64 1', 'picture 64x64 2']);
  });

  it('counts its jobs, and stops where the caller wants', async () => {
    const told: [number, number][] = [];
    const result = await host.txt2img(plot({ xType: 'Seed', xValues: '1,2,3', includeLoneImages: true }), {
      onProgress: ({ iteration, iterations }) => void told.push([iteration, iterations]),
      stop: () => (told.at(-1)?.[0] === 1 ? 'job' : undefined),
    });
    expect(told.at(-1)).toEqual([1, 3]);
    // Cells that were not made are black in the grid.
    expect(seen(result)).toEqual(['grid 192x64 1', 'picture 64x64 1']);
  });

  it('loops back', async () => {
    const init = { images: [given], denoisingStrength: 0.5 };
    const { images } = await host.img2img({ ...request, init, script: { name: 'Loopback', args: [2, 0.5, 'Linear', 'None'] } });
    expect(images.map(({ kind }) => kind)).toEqual(['grid', 'picture', 'picture']);
    const first = (await host.img2img({ ...request, init })).images[0]!.image;
    const second = (await host.img2img({ ...request, seed: 6, init: { ...init, images: [first] } })).images[0]!.image;
    expect(images.slice(1).map(({ image }) => image.toBytes())).toEqual([first.toBytes(), second.toBytes()]);
  });

  it.each([
    ['SD upscale', [null, 16, 'Nearest', 2], [128, 128]],
    ["Poor man's outpainting", [32, 4, 'fill', ['right']], [128, 64]],
    ['Outpainting mk2', [null, 64, 8, ['down'], 1, 0.05], [64, 128]],
    ['img2img alternative test', [null, true, true, 'a cat', '', true, 3], [64, 64]],
  ] as const)('%s makes one picture of its size', async (name, args, [width, height]) => {
    const init = { images: [given], denoisingStrength: 0.5 };
    const { images, faults } = await host.img2img({ ...request, prompt: 'a cat', init, script: { name, args } });
    expect(images.map(({ kind, image }) => [kind, image.width, image.height])).toEqual([['picture', width, height]]);
    expect(faults).toEqual([]);
  });

  it('makes pictures of the noise it has found, not of the seed', async () => {
    const init = { images: [given], denoisingStrength: 0.5 };
    const made = async (seed: number, randomness: number, images = init.images) => {
      const script = { name: 'img2img alternative test', args: { originalPrompt: 'a cat', decodeSteps: 4, randomness } };
      return (await host.img2img({ ...request, seed, init: { ...init, images }, script })).images[0]!.image.toBytes();
    };
    const first = await made(5, 0);
    expect(await made(6, 0)).toEqual(first);
    expect(await made(5, 0.5)).not.toEqual(first);
    expect(await made(5, 0, [given.map((value) => 255 - value)])).not.toEqual(first);
  });

  it('does not list the samplers it goes backwards by', () => {
    expect(host.samplers().filter((name) => name.includes('alternative'))).toEqual([]);
  });
});
