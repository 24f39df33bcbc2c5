import { encodePng, type Host } from '@armature/core';
import { CONTRIBUTIONS, field, Raster } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import controlnet from '../src/index.js';

const own = { manifest: { name: manifest.name, version: manifest.version, ...manifest.armature } as never, definition: controlnet };

/** A stranger's: sees only the SDK. */
const stranger = inlineExtension('you.tones', {
  setup({ contribute, use }) {
    const contributions = use(CONTRIBUTIONS);
    contribute.preprocessor({
      name: 'two_tone',
      label: 'Two tones',
      tags: ['Scribble', 'Tones'],
      priority: 50,
      fields: {
        resolution: field.integer(256, { min: 64, max: 512 }).label('Resolution'),
        level: field.integer(128, { min: 0, max: 255, step: 1 }).label('Level'),
        gain: field.number(1, { min: 0.5, max: 2 }),
        dark: field.boolean(),
      },
      process: (image, { args: { level, gain, dark } }) => image.map((value) => (value * gain > level !== dark ? 255 : 0)),
    });
    contribute.preprocessor({ name: 'breaks', process: () => Promise.reject(new Error('no luck')) });
    contribute.preprocessor({ name: 'odd', process: () => 'no picture' as never });
    contribute.route({
      name: 'GET /you/preprocessors',
      handle: () => Response.json(contributions.list('preprocessor').map(({ id }) => id)),
    });
  },
});

const picture = new Raster(
  Array.from({ length: 16 * 16 * 3 }, (_, at) => (Math.floor(at / 3) % 16) * 16),
  { width: 16, height: 16, channels: 3 },
);
let host: Host;
let image: string;
beforeAll(async () => {
  host = await createTestHost({ extensions: [own, stranger] });
  image = Buffer.from(await encodePng(picture)).toString('base64');
});
afterAll(() => host?.dispose());

interface Lists {
  readonly module_list: readonly string[];
  readonly module_detail: Readonly<Record<string, unknown>>;
  readonly control_types: Readonly<Record<string, unknown>>;
}
const get = async (path: string): Promise<Lists> => (await host.answer(new Request(`http://host${path}`)))!.json() as Promise<Lists>;
const detect = async (module: string, more: object = {}) => {
  const body = JSON.stringify({ controlnet_module: module, controlnet_input_images: [image], ...more });
  return (await host.answer(new Request('http://host/controlnet/detect', { method: 'POST', body })))!;
};
const request = (module: string) => ({
  prompt: 'a star',
  steps: 1,
  width: 64,
  height: 64,
  extensions: { 'armature.controlnet': { enabled: true, units: [{ enabled: true, module, model: 'None', image }] } },
});

describe('a preprocessor of another extension', () => {
  it('is in the lists of the webui’s routes, with its sliders', async () => {
    const { module_list: names, module_detail: details } = await get('/controlnet/module_list');
    expect(names[0]).toBe('none');
    expect(names.indexOf('two_tone')).toBeGreaterThan(names.indexOf('canny'));
    expect(names.indexOf('two_tone')).toBeLessThan(names.indexOf('invert'));
    expect(details.two_tone).toEqual({
      model_free: false,
      sliders: [
        { name: 'Resolution', value: 256, min: 64, max: 512, step: 1 },
        { name: 'Level', value: 128, min: 0, max: 255, step: 1 },
        { name: 'gain', value: 1, min: 0.5, max: 2, step: 0.01 },
      ],
    });
    expect((await get('/controlnet/module_list?alias_names=true')).module_list).toContain('Two tones');
    const { control_types: types } = await get('/controlnet/control_types');
    expect(types.Tones).toMatchObject({ module_list: ['none', 'Two tones'], default_option: 'Two tones' });
  });

  it('makes maps over HTTP, by name and by label, with the numbers clients send', async () => {
    const decoded = async (answer: Response) => {
      expect(answer.status).toBe(200);
      const [map] = ((await answer.json()) as { images: string[] }).images;
      return (await host.preprocess({ module: 'none', image: Buffer.from(map!, 'base64') })).toBytes();
    };
    const white = (bytes: Uint8Array): number => bytes.filter((value) => value === 255).length;
    const all = picture.toBytes().length;
    expect(white(await decoded(await detect('two_tone')))).toBeGreaterThan(0);
    expect(white(await decoded(await detect('Two tones', { controlnet_threshold_a: 0, controlnet_threshold_b: 2 })))).toBeGreaterThan(
      all / 2,
    );
  });

  it('is asked for by the host, whose checks are those of its fields', async () => {
    const map = await host.preprocess({ module: 'you.tones/two_tone', image: picture, args: { level: 100, dark: true } });
    expect(map.toBytes()).toEqual(Uint8Array.from(picture.toBytes(), (value) => (value > 100 ? 0 : 255)));
    const refused = (args: Readonly<Record<string, unknown>>) => host.preprocess({ module: 'two_tone', image: picture, args });
    await expect(refused({ level: 1000 })).rejects.toMatchObject({ code: 'REQUEST_INVALID', data: { field: 'args.level' } });
    await expect(refused({ lvl: 1 })).rejects.toMatchObject({ code: 'REQUEST_INVALID', data: { field: 'args.lvl' } });
    await expect(host.preprocess({ module: 'two_tone', image: new Uint8Array(4) })).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    const gone = { signal: AbortSignal.abort() };
    await expect(host.preprocess({ module: 'two_tone', image: picture }, gone)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('that fails is named, and its picture is made without it', async () => {
    await expect(host.preprocess({ module: 'breaks', image: picture })).rejects.toMatchObject({
      code: 'EXT_CONTRIBUTION_THREW',
      message: expect.stringContaining('"breaks" of you.tones failed: no luck'),
    });
    await expect(host.preprocess({ module: 'odd', image: picture })).rejects.toMatchObject({ code: 'EXT_CONTRIBUTION_THREW' });
    const { faults, images } = await host.txt2img(request('breaks'));
    expect(faults).toMatchObject([{ message: expect.stringContaining('no luck') }]);
    expect(images).toHaveLength(1);
  });

  it('whose fields have no JSON form keeps its extension out, with the field’s name', async () => {
    const broken = inlineExtension('you.broken', {
      setup: ({ contribute }) => contribute.preprocessor({ name: 'x', fields: { when: new Date() as never }, process: (given) => given }),
    });
    const other = await createTestHost({ extensions: [broken] });
    expect(other.extensions()).toMatchObject([{ state: expect.stringMatching(/invalid|failed/), cause: { code: 'EXT_SCHEMA' } }]);
    await other.dispose();
  });
});

it('a unit with a module that nobody contributes turns the request away', async () => {
  await expect(host.txt2img(request('no_such'))).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: 'extensions.armature.controlnet.units.0.module: module(no_such) not found in supported modules (seen: no_such).',
  });
  expect((await detect('no_such')).status).toBe(422);
});

it('an extension sees what everybody contributes', async () => {
  expect(await get('/you/preprocessors')).toEqual(expect.arrayContaining(['armature.controlnet/canny', 'you.tones/two_tone']));
});
