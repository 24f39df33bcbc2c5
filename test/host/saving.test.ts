import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { decodeImage } from '@armature/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPictureText } from '../../packages/core/src/image/index.js';
import { SavingDesk, today } from './saving-desk.js';

describe('saving', () => {
  let desk: SavingDesk;
  beforeAll(async () => {
    desk = await SavingDesk.open();
  });
  afterEach(() => desk.clear());
  afterAll(() => desk.close());

  const parametersOf = async (path: string | undefined) => (await readPictureText(readFileSync(path ?? ''))).parameters;

  it('names and folders after patterns', async () => {
    const { images } = await desk.make({
      samples_filename_pattern: '[seed]_[prompt_words]_[width]_[image_hash<4>][batch_number]',
      directories_filename_pattern: '[model_name]/[model_hash]/[sampler_scheduler]/',
      directories_max_prompt_words: 2,
      save_images_add_number: false,
    });
    const texts = [/Model: ([^,]+)/, /Model hash: ([^,]+)/].map((field) => field.exec(images[0]?.infotext ?? '')?.[1]);
    const [file = ''] = desk.files();
    expect(dirname(file)).toBe(`txt2img-images/${texts[0]}/${texts[1]}/Euler Automatic`);
    expect(basename(file)).toMatch(/^5_a red_64_[0-9a-f]{4}\.png$/);
    expect(images[0]?.path).toBe(desk.path(file));
  });

  it('without folders the name has the prompt', async () => {
    await desk.make({ save_to_dirs: false, grid_save_to_dirs: false }, { batchSize: 2 });
    expect(desk.files()).toEqual([
      'txt2img-grids/grid-0000.png',
      'txt2img-images/00000-5-a red circle, blue.png',
      'txt2img-images/00001-6-a red circle, blue.png',
    ]);
  });

  it('a taken name is replaced, or numbered behind; an empty one is a number', async () => {
    const settings = { save_images_add_number: false, samples_filename_pattern: 'same', save_to_dirs: false, grid_save: false };
    await desk.make(settings, { batchSize: 2 });
    expect(desk.files()).toEqual(['txt2img-images/same.png']);
    await desk.make({ ...settings, save_images_replace_action: 'Add number suffix' }, { batchSize: 2 });
    expect(desk.files()).toEqual(['same-1.png', 'same-2.png', 'same.png'].map((name) => `txt2img-images/${name}`));
    await desk.make({ ...settings, samples_filename_pattern: '[none]' });
    expect(desk.files()[0]).toBe('txt2img-images/00000.png');
  });

  it.each(['png', 'jpg', 'webp'])('%s files with their parameters, also in a text beside them', async (format) => {
    const { images } = await desk.make({ samples_format: format, save_txt: true, save_to_dirs: false });
    const files = [...desk.files()].sort((a, b) => Number(a.endsWith('.txt')) - Number(b.endsWith('.txt')));
    expect(files.map((name) => name.split('.').at(-1))).toEqual([format, 'txt']);
    expect(await parametersOf(images[0]?.path)).toBe(images[0]?.infotext);
    expect(readFileSync(desk.path(files[1]), 'utf8')).toBe(`${images[0]?.infotext}\n`);
  });

  it('quality, loss and pictures without parameters', async () => {
    const sizes: number[] = [];
    for (const jpeg_quality of [10, 95]) {
      const { images } = await desk.make({ samples_format: 'jpg', jpeg_quality });
      sizes.push(readFileSync(images[0]?.path ?? '').length);
    }
    expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
    const { images } = await desk.make({ samples_format: 'webp', webp_lossless: true, enable_pnginfo: false });
    expect((await decodeImage(readFileSync(images[0]?.path ?? ''))).toBytes()).toEqual(images[0]?.image.toBytes());
    expect(await parametersOf(images[0]?.path)).toBeUndefined();
  });

  it('parameters too long for a JPEG make a PNG', async () => {
    await desk.make({ samples_format: 'jpg' }, { prompt: 'a '.repeat(20_000) });
    expect(desk.files()[0]).toMatch(/\.png$/);
  });

  it('a pattern that leads out of the folder is refused at once, a name when it is made', async () => {
    for (const pattern of ['../elsewhere', 'a/../../b', '..', 'a\\..']) {
      const made = desk.make({ samples_filename_pattern: pattern });
      await expect(made).rejects.toMatchObject({ code: 'REQUEST_INVALID', data: { field: 'samples_filename_pattern' } });
    }
    await expect(desk.make({ directories_filename_pattern: '[none]..' })).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
    expect(desk.files()).toEqual([]);
  });

  it('a pattern that begins at the root stays inside', async () => {
    const settings = { samples_filename_pattern: '/etc/C:/con', directories_filename_pattern: '/nul/[none]/a. /' };
    await desk.make({ ...settings, save_images_add_number: false });
    expect(desk.files()).toEqual(['txt2img-images/nul_/a/etc/C_/con_.png']);
  });

  it('a long name keeps its number and its end', async () => {
    await desk.make({ samples_filename_pattern: '[prompt_spaces][prompt_spaces]' }, { prompt: '猫'.repeat(200) });
    expect(basename(desk.files()[0] ?? '')).toBe(`00000-${'猫'.repeat(80)}.png`);
  });

  it('an extension moves what is saved, grids as well', async () => {
    desk.rename = (path) => `mine/${basename(path)}`;
    await desk.make({}, { batchSize: 2 });
    expect(desk.files()).toEqual(['mine/00000-5.png', 'mine/00001-6.png', 'mine/grid-0000.png']);
  });

  it('a cancelled job keeps what was finished', async () => {
    const abort = new AbortController();
    desk.onSaved = () => abort.abort();
    const { status, images } = await desk.make({}, { iterations: 3 }, { signal: abort.signal });
    expect(status).toBe('cancelled');
    expect(images.map(({ kind }) => kind)).toEqual(['picture']);
    expect(desk.files()).toEqual([`txt2img-images/${today()}/00000-5.png`]);
  });

  it('two jobs at once in one folder', async () => {
    const results = await Promise.all([1, 2, 3].map((seed) => desk.make({ save_txt: true }, { seed, iterations: 2 })));
    const paths = results.flatMap(({ images }) => images.map(({ path }) => path));
    expect(new Set(paths).size).toBe(9);
    expect(desk.files()).toHaveLength(18);
  });
});
