import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { decodeImage, encodePng, type Host } from '@armature/core';
import { defineExtension, type GridLayout, Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPictureText } from '../../packages/core/src/image/index.js';

const request = { prompt: 'a red circle, blue', seed: 5, steps: 1, width: 64, height: 64 };
const today = (): string => new Date().toLocaleDateString('sv-SE');

describe('saving', () => {
  let host: Host;
  let out = '';
  let arrange: ((layout: GridLayout, images: readonly Raster[]) => GridLayout | undefined) | undefined;
  let saved: string[] = [];
  let rename: ((path: string) => string) | undefined;
  let onSaved: (() => void) | undefined;

  beforeAll(async () => {
    const witness = defineExtension({
      setup({ hooks }) {
        hooks.image.grid.tap((layout, { images }) => arrange?.(layout, images));
        hooks.image.saving.tap((save) => rename && { ...save, path: rename(save.path) });
        hooks.image.saved.tap(({ path }, { kind, index }) => {
          saved.push(`${kind} ${index} ${basename(path)}`);
          onSaved?.();
        });
      },
    });
    const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.witness', engines: { armature: '*' } } };
    host = await createTestHost({ extensions: [{ manifest, definition: witness }] });
  });
  afterAll(() => host.dispose());
  afterEach(() => {
    rmSync(out, { recursive: true, force: true });
    arrange = undefined;
    rename = undefined;
    onSaved = undefined;
    saved = [];
  });

  const make = (settings: object = {}, more: object = {}) => {
    out ||= 'none';
    rmSync(out, { recursive: true, force: true });
    out = mkdtempSync(join(tmpdir(), 'armature-saving-'));
    return again(settings, more);
  };
  const again = (settings: object, more: object = {}) => host.txt2img({ ...request, ...more, settings: { ...settings } }, { out });
  const files = (): string[] =>
    readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(out, join(entry.parentPath, entry.name)))
      .sort();

  it('by day, numbered, with a grid in front of several', async () => {
    const { images } = await make({}, { batchSize: 2, iterations: 2 });
    expect(files()).toEqual([
      `txt2img-grids/${today()}/grid-0000.png`,
      ...[5, 6, 7, 8].map((seed, index) => `txt2img-images/${today()}/0000${index}-${seed}.png`),
    ]);
    expect(images.map(({ kind }) => kind)).toEqual(['grid', 'picture', 'picture', 'picture', 'picture']);
    const [grid, first] = images;
    expect(grid).toMatchObject({ infotext: first?.infotext, seed: 5, prompt: request.prompt, path: join(out, files()[0] ?? '') });
    expect(grid?.image).toMatchObject({ width: 128, height: 128, channels: 3 });
    const bytes = readFileSync(grid?.path ?? '');
    expect((await decodeImage(bytes)).toBytes()).toEqual(grid?.image.toBytes());
    expect((await readPictureText(bytes)).parameters).toBe(first?.infotext);
    expect(saved).toEqual([
      'picture 0 00000-5.png',
      'picture 1 00001-6.png',
      'picture 2 00002-7.png',
      'picture 3 00003-8.png',
      'grid 0 grid-0000.png',
    ]);
    await again({}, { batchSize: 2 });
    expect(saved.slice(5)).toEqual(['picture 0 00004-5.png', 'picture 1 00005-6.png', 'grid 0 grid-0001.png']);
  });

  it('one picture has no grid, unless it is wanted', async () => {
    expect((await make()).images.map(({ kind }) => kind)).toEqual(['picture']);
    expect(files()).toHaveLength(1);
    expect((await make({ grid_only_if_multiple: false })).images.map(({ kind }) => kind)).toEqual(['grid', 'picture']);
  });

  it.each([
    [{ return_grid: false }, ['picture', 'picture'], 3],
    [{ grid_save: false }, ['grid', 'picture', 'picture'], 2],
    [{ grid_save: false, return_grid: false }, ['picture', 'picture'], 2],
  ])('%j', async (settings, kinds, count) => {
    const { images } = await make(settings, { batchSize: 2 });
    expect(images.map(({ kind }) => kind)).toEqual(kinds);
    expect(images.filter(({ path }) => path !== undefined)).toHaveLength(Math.min(count, 2));
    expect(files()).toHaveLength(count);
  });

  it('no grid where nothing is saved', async () => {
    const { images } = await host.txt2img({ ...request, batchSize: 2 });
    expect(images.map(({ kind, path }) => [kind, path])).toEqual([
      ['picture', undefined],
      ['picture', undefined],
    ]);
  });

  it('rows, empty cells and their colour', async () => {
    const settings = { n_rows: 1, grid_format: 'jpg', grid_save_to_dirs: false };
    const { images } = await make(settings, { batchSize: 3 });
    expect(images[0]?.image).toMatchObject({ width: 192, height: 64 });
    expect(files()).toContain('txt2img-grids/grid-0000.jpg');
    const { images: square } = await make({ grid_background_color: '#ff0007' }, { batchSize: 3 });
    expect([...(square[0]?.image.toBytes().subarray(-3) ?? [])]).toEqual([255, 0, 7]);
    const { images: filled } = await make({ grid_prevent_empty_spots: true }, { batchSize: 3 });
    expect(filled[0]?.image).toMatchObject({ width: 192, height: 64 });
  });

  it('an extension lays the grid out', async () => {
    const seen: number[] = [];
    arrange = ({ rows, columns }, images) => {
      seen.push(rows, columns, images.length);
      return { rows: 2, columns: 1 };
    };
    const { images } = await make({}, { batchSize: 2 });
    expect(seen).toEqual([1, 2, 2]);
    expect(images[0]?.image).toMatchObject({ width: 64, height: 128 });
    arrange = () => ({ rows: 1_000_000, columns: 1_000_000 });
    expect((await make({}, { batchSize: 2 })).images.map(({ kind }) => kind)).toEqual(['picture', 'picture']);
  });

  it('names and folders after patterns', async () => {
    const patterns = {
      samples_filename_pattern: '[seed]_[prompt_words]_[width]_[image_hash<4>][batch_number]',
      directories_filename_pattern: '[model_name]/[model_hash]/[sampler_scheduler]/',
      directories_max_prompt_words: 2,
      save_images_add_number: false,
    };
    const { images } = await make(patterns);
    const [picture] = images;
    const [model = '', hash = ''] = [/Model: ([^,]+)/, /Model hash: ([^,]+)/].map((field) => field.exec(picture?.infotext ?? '')?.[1]);
    expect(dirname(files()[0] ?? '')).toBe(`txt2img-images/${model}/${hash}/Euler Automatic`);
    expect(basename(files()[0] ?? '')).toMatch(/^5_a red_64_[0-9a-f]{4}\.png$/);
  });

  it('without folders the name has the prompt', async () => {
    await make({ save_to_dirs: false, grid_save_to_dirs: false }, { batchSize: 2 });
    expect(files()).toEqual([
      'txt2img-grids/grid-0000.png',
      'txt2img-images/00000-5-a red circle, blue.png',
      'txt2img-images/00001-6-a red circle, blue.png',
    ]);
  });

  it('a taken name is replaced, or numbered behind', async () => {
    const settings = { save_images_add_number: false, samples_filename_pattern: 'same', save_to_dirs: false };
    await make(settings, { batchSize: 2 });
    expect(files().slice(1)).toEqual(['txt2img-images/same.png']);
    await again({ ...settings, save_images_replace_action: 'Add number suffix' }, { batchSize: 2 });
    expect(files().slice(2)).toEqual(['txt2img-images/same-1.png', 'txt2img-images/same-2.png', 'txt2img-images/same.png']);
    await make({ ...settings, samples_filename_pattern: '[none]' });
    expect(files()).toEqual(['txt2img-images/00000.png']);
  });

  it.each(['png', 'jpg', 'webp'])('%s files with their parameters, also in a text beside them', async (format) => {
    const { images } = await make({ samples_format: format, save_txt: true, save_to_dirs: false });
    const [picture] = images;
    expect(files().map((name) => name.split('.').at(-1))).toEqual([format, 'txt'].sort());
    expect((await readPictureText(readFileSync(picture?.path ?? ''))).parameters).toBe(picture?.infotext);
    expect(readFileSync(join(out, files().find((name) => name.endsWith('.txt')) ?? ''), 'utf8')).toBe(`${picture?.infotext}\n`);
  });

  it('quality, loss and pictures without parameters', async () => {
    const sizes: number[] = [];
    for (const settings of [{ jpeg_quality: 10 }, { jpeg_quality: 95 }]) {
      await make({ samples_format: 'jpg', ...settings });
      sizes.push(readFileSync(join(out, files()[0] ?? '')).length);
    }
    expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
    const { images } = await make({ samples_format: 'webp', webp_lossless: true, enable_pnginfo: false });
    const bytes = readFileSync(images[0]?.path ?? '');
    expect((await decodeImage(bytes)).toBytes()).toEqual(images[0]?.image.toBytes());
    expect((await readPictureText(bytes)).parameters).toBeUndefined();
  });

  it('parameters too long for a JPEG make a PNG', async () => {
    await make({ samples_format: 'jpg' }, { prompt: 'a '.repeat(20_000), steps: 1 });
    expect(files()[0]).toMatch(/\.png$/);
  });

  it.each(['../elsewhere', 'a/../../b', '..'])('%s leads out of the folder', async (pattern) => {
    const settings = { samples_filename_pattern: pattern, save_to_dirs: false };
    await expect(make(settings)).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
    expect(files()).toEqual([]);
  });

  it('a pattern that begins at the root stays inside', async () => {
    await make({
      samples_filename_pattern: '/etc/C:/con',
      directories_filename_pattern: '/nul/[none]/a. /',
      save_images_add_number: false,
    });
    expect(files()).toEqual(['txt2img-images/nul_/a/etc/C_/con_.png']);
  });

  it('a long name keeps its number and its end', async () => {
    await make({ samples_filename_pattern: '[prompt_spaces][prompt_spaces]' }, { prompt: '猫'.repeat(200) });
    expect(basename(files()[0] ?? '')).toBe(`00000-${'猫'.repeat(80)}.png`);
  });

  describe('of image to image', () => {
    const init = new Raster(
      new Uint8Array(64 * 64 * 3).map((_, i) => (i * 7) % 256),
      { width: 64, height: 64, channels: 3 },
    );
    const image = new Raster(new Uint8Array(64 * 64).fill(255, 0, 32 * 64), { width: 64, height: 64, channels: 1 });
    const inpaint = async (settings: object) => {
      out = mkdtempSync(join(tmpdir(), 'armature-saving-'));
      const images = [await encodePng(init)];
      return host.img2img({ ...request, init: { images, mask: { image: await encodePng(image) } }, settings: { ...settings } }, { out });
    };

    it('masks stand behind their picture', async () => {
      const { images } = await inpaint({ return_mask: true, return_mask_composite: true, grid_save: false, return_grid: false });
      expect(images.map(({ kind, image, infotext }) => [kind, image.channels, infotext !== ''])).toEqual([
        ['picture', 3, true],
        ['mask', 3, false],
        ['mask-composite', 4, false],
      ]);
      expect(files()).toEqual([`img2img-images/${today()}/00000-5.png`]);
    });

    it('masks are saved with the parameters of their picture', async () => {
      const { images } = await inpaint({ save_mask: true, save_mask_composite: true });
      expect(images.map(({ kind }) => kind)).toEqual(['picture']);
      const names = ['00000-5.png', '00001-5-mask.png', '00002-5-mask-composite.png'];
      expect(files()).toEqual(names.map((name) => `img2img-images/${today()}/${name}`));
      for (const name of files()) {
        expect((await readPictureText(readFileSync(join(out, name)))).parameters).toBe(images[0]?.infotext);
      }
      expect(saved).toEqual(['picture 0 00000-5.png', 'mask 0 00001-5-mask.png', 'mask-composite 0 00002-5-mask-composite.png']);
    });

    it('a grid has the masks as well, as the reference’s', async () => {
      const { images } = await inpaint({ return_mask: true });
      expect(images.map(({ kind }) => kind)).toEqual(['grid', 'picture', 'mask']);
      expect(files()[0]).toBe(`img2img-grids/${today()}/grid-0000.png`);
    });

    it('also before colours are corrected', async () => {
      const settings = { img2img_color_correction: true, save_images_before_color_correction: true, save_to_dirs: false };
      const { images } = await inpaint({ ...settings, samples_filename_pattern: '[seed]-[denoising]' });
      expect(images).toHaveLength(1);
      const [before = '', after = ''] = files();
      expect([before, after]).toEqual(['img2img-images/00000-5-0.75-before-color-correction.png', 'img2img-images/00001-5-0.75.png']);
      expect(readFileSync(join(out, before))).not.toEqual(readFileSync(join(out, after)));
    });
  });

  it('the first picture of hires fix', async () => {
    const settings = { save_images_before_highres_fix: true, save_to_dirs: false, samples_filename_pattern: '[seed]-[width]' };
    const { images } = await make(settings, { hires: { scale: 2, denoisingStrength: 0.5 } });
    expect(images.map(({ kind, image }) => [kind, image.width])).toEqual([['picture', 128]]);
    expect(files()).toEqual(['txt2img-images/00000-5-64-before-highres-fix.png', 'txt2img-images/00001-5-128.png']);
  });

  it('an extension moves what is saved, grids as well', async () => {
    rename = (path) => `mine/${basename(path)}`;
    await make({}, { batchSize: 2 });
    expect(files()).toEqual(['mine/00000-5.png', 'mine/00001-6.png', 'mine/grid-0000.png']);
  });

  it('a cancelled job keeps what was finished', async () => {
    out = mkdtempSync(join(tmpdir(), 'armature-saving-'));
    const abort = new AbortController();
    onSaved = () => abort.abort();
    const { status, images } = await host.txt2img({ ...request, iterations: 3 }, { out, signal: abort.signal });
    expect(status).toBe('cancelled');
    expect(images.map(({ kind }) => kind)).toEqual(['picture']);
    expect(files()).toEqual([`txt2img-images/${today()}/00000-5.png`]);
  });
});
