import { readFileSync } from 'node:fs';
import { decodeImage, encodePng, type GenerationResult, type Host, type JobProgress } from '@armature/core';
import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPictureText } from '../../packages/core/src/image/index.js';
import { SavingDesk, today } from './saving-desk.js';

let desk: SavingDesk;
beforeAll(async () => {
  desk = await SavingDesk.open();
});
afterEach(() => desk.clear());
afterAll(() => desk.close());

const kindsOf = ({ images }: GenerationResult) => images.map(({ kind }) => kind);
const parametersOf = async (path: string | undefined) => (await readPictureText(readFileSync(path ?? ''))).parameters;

describe('the grid of a job', () => {
  it('stands in front of numbered pictures, in a folder for each day', async () => {
    const result = await desk.make({}, { batchSize: 2, iterations: 2 });
    const files = desk.files();
    expect(files).toEqual([
      `txt2img-grids/${today()}/grid-0000.png`,
      ...[5, 6, 7, 8].map((seed, index) => `txt2img-images/${today()}/0000${index}-${seed}.png`),
    ]);
    expect(kindsOf(result)).toEqual(['grid', 'picture', 'picture', 'picture', 'picture']);
    const [grid, first] = result.images;
    expect(grid).toMatchObject({ infotext: first?.infotext, seed: 5, prompt: desk.request.prompt, path: desk.path(files[0]) });
    expect(grid?.image).toMatchObject({ width: 128, height: 128, channels: 3 });
    expect((await decodeImage(readFileSync(grid?.path ?? ''))).toBytes()).toEqual(grid?.image.toBytes());
    expect(await parametersOf(grid?.path)).toBe(first?.infotext);
    const names = ['picture 0 00000-5.png', 'picture 1 00001-6.png', 'picture 2 00002-7.png', 'picture 3 00003-8.png'];
    expect(desk.saved).toEqual([...names, 'grid 0 grid-0000.png']);
    await desk.make({}, { batchSize: 2 });
    expect(desk.saved.slice(5)).toEqual(['picture 0 00004-5.png', 'picture 1 00005-6.png', 'grid 0 grid-0001.png']);
  });

  it('has the first picture’s parameters to the letter', async () => {
    const prompt = 'a cat,\nNegative prompt: "no"\nSteps: 3, Size: 1x1, Seed: 9, Model: x: y';
    const { images } = await desk.make({}, { prompt, negativePrompt: 'b: "c", d', batchSize: 2 });
    expect(images[0]?.infotext).toBe(images[1]?.infotext);
  });

  it('is not made of one picture, unless that is wanted', async () => {
    expect(kindsOf(await desk.make())).toEqual(['picture']);
    expect(desk.files()).toHaveLength(1);
    expect(kindsOf(await desk.make({ grid_only_if_multiple: false }))).toEqual(['grid', 'picture']);
  });

  it.each([
    [{ return_grid: false }, ['picture', 'picture'], 3],
    [{ grid_save: false }, ['grid', 'picture', 'picture'], 2],
    [{ grid_save: false, return_grid: false }, ['picture', 'picture'], 2],
  ])('%j', async (settings, kinds, count) => {
    const result = await desk.make(settings, { batchSize: 2 });
    expect(kindsOf(result)).toEqual(kinds);
    expect(result.images.filter(({ path }) => path !== undefined)).toHaveLength(2);
    expect(desk.files()).toHaveLength(count);
  });

  it('is not made where nothing is saved', async () => {
    const host = await createTestHost();
    const result = await host.txt2img({ ...desk.request, batchSize: 2 });
    await host.dispose();
    expect(kindsOf(result)).toEqual(['picture', 'picture']);
    expect(result.images.map(({ path }) => path)).toEqual([undefined, undefined]);
  });

  it('shows what a cancelled job has finished, where no extension has a say', async () => {
    const stopInThird = async (host: Host, out: string): Promise<GenerationResult> => {
      const abort = new AbortController();
      const onProgress = ({ iteration, stage }: JobProgress): void => {
        if (iteration === 2 && stage === 'sampling') abort.abort();
      };
      return host.txt2img({ ...desk.request, steps: 2, iterations: 4 }, { out, signal: abort.signal, onProgress });
    };
    const host = await createTestHost();
    const result = await stopInThird(host, desk.path(''));
    await host.dispose();
    expect(result.status).toBe('cancelled');
    expect(kindsOf(result)).toEqual(['grid', 'picture', 'picture']);
    expect(desk.files()).toHaveLength(3);
    expect(kindsOf(await stopInThird(desk.host, desk.path('')))).toEqual(['picture', 'picture']);
  });

  it('has rows, empty cells and their colour by settings', async () => {
    const sizeOf = ({ images: [grid] }: GenerationResult) => [grid?.image.width, grid?.image.height];
    expect(sizeOf(await desk.make({ n_rows: 1, grid_format: 'jpg', grid_save_to_dirs: false }, { batchSize: 3 }))).toEqual([192, 64]);
    expect(desk.files()).toContain('txt2img-grids/grid-0000.jpg');
    expect(sizeOf(await desk.make({ grid_prevent_empty_spots: true }, { batchSize: 3 }))).toEqual([192, 64]);
    expect(sizeOf(await desk.make({ n_rows: 0 }, { batchSize: 2, iterations: 2 }))).toEqual([128, 128]);
    const { images } = await desk.make({ grid_background_color: '#ff0007' }, { batchSize: 3 });
    expect([...(images[0]?.image.toBytes().subarray(-3) ?? [])]).toEqual([255, 0, 7]);
  });

  it('is laid out by an extension, within reason', async () => {
    const seen: number[] = [];
    desk.arrange = ({ rows, columns }, images) => {
      seen.push(rows, columns, images.length);
      return { rows: 2, columns: 1 };
    };
    const { images } = await desk.make({}, { batchSize: 2 });
    expect(seen).toEqual([1, 2, 2]);
    expect(images[0]?.image).toMatchObject({ width: 64, height: 128 });
    desk.arrange = () => ({ rows: 1_000_000, columns: 1_000_000 });
    expect(kindsOf(await desk.make({}, { batchSize: 2 }))).toEqual(['picture', 'picture']);
  });
});

describe('what stands beside pictures', () => {
  const init = new Raster(
    new Uint8Array(64 * 64 * 3).map((_, i) => (i * 7) % 256),
    { width: 64, height: 64, channels: 3 },
  );
  const mask = new Raster(new Uint8Array(64 * 64).fill(255, 0, 32 * 64), { width: 64, height: 64, channels: 1 });
  const inpaint = async (settings: object) =>
    desk.make(settings, { init: { images: [await encodePng(init)], mask: { image: await encodePng(mask) } } });

  it('masks stand behind their picture', async () => {
    const { images } = await inpaint({ return_mask: true, return_mask_composite: true, grid_save: false, return_grid: false });
    expect(images.map(({ kind, image, infotext }) => [kind, image.channels, infotext !== ''])).toEqual([
      ['picture', 3, true],
      ['mask', 3, false],
      ['mask-composite', 4, false],
    ]);
    expect(desk.files()).toEqual([`img2img-images/${today()}/00000-5.png`]);
  });

  it('masks are saved with the parameters of their picture', async () => {
    const { images } = await inpaint({ save_mask: true, save_mask_composite: true });
    expect(images.map(({ kind }) => kind)).toEqual(['picture']);
    const names = ['00000-5.png', '00001-5-mask.png', '00002-5-mask-composite.png'];
    expect(desk.files()).toEqual(names.map((name) => `img2img-images/${today()}/${name}`));
    for (const file of desk.files()) expect(await parametersOf(desk.path(file))).toBe(images[0]?.infotext);
    expect(desk.saved).toEqual(['picture', 'mask', 'mask-composite'].map((kind, index) => `${kind} 0 ${names[index]}`));
  });

  it('masks are part of the grid, as of the reference’s', async () => {
    expect(kindsOf(await inpaint({ return_mask: true }))).toEqual(['grid', 'picture', 'mask']);
    expect(desk.files()[0]).toBe(`img2img-grids/${today()}/grid-0000.png`);
  });

  it('the picture before its colours were corrected', async () => {
    const settings = { img2img_color_correction: true, save_images_before_color_correction: true, save_to_dirs: false };
    const { images } = await inpaint({ ...settings, samples_filename_pattern: '[seed]-[denoising]' });
    expect(images).toHaveLength(1);
    const [before, after] = desk.files();
    expect([before, after]).toEqual(['img2img-images/00000-5-0.75-before-color-correction.png', 'img2img-images/00001-5-0.75.png']);
    const pixels = await Promise.all([before, after].map(async (file) => (await decodeImage(readFileSync(desk.path(file)))).toBytes()));
    expect(pixels[0]).not.toEqual(pixels[1]);
  });

  it('the first picture of hires fix', async () => {
    const settings = { save_images_before_highres_fix: true, save_to_dirs: false, samples_filename_pattern: '[seed]-[width]' };
    const { images } = await desk.make(settings, { hires: { scale: 2, denoisingStrength: 0.5 } });
    expect(images.map(({ kind, image }) => [kind, image.width])).toEqual([['picture', 128]]);
    expect(desk.files()).toEqual(['txt2img-images/00000-5-64-before-highres-fix.png', 'txt2img-images/00001-5-128.png']);
  });
});
