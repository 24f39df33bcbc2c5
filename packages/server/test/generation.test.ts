import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineExtension, field, Raster } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { afterwards, get, open, sizeOf, txt2img } from './small-server.js';

describe('scripts', () => {
  const brighter = defineExtension({
    enabled: false,
    args: { amount: field.integer(10, { min: 0, max: 99, step: 3 }).label('How much'), mode: field.choice(['soft', 'hard']) },
    a1111: { title: 'Brighter', positional: ['enabled', 'amount', 'mode'] },
    setup({ hooks }) {
      hooks.image.each.tap((image, { args }) => {
        if (args.mode === 'hard') throw new Error('too hard');
        return new Raster(
          image.toBytes().map((value) => Math.min(255, value + Number(args.amount))),
          image,
        );
      });
    },
  });

  it('takes values as a list or by name, whatever the case', async () => {
    const { server } = await open([brighter]);
    const pictures = await Promise.all(
      [
        {},
        { brighter: {} },
        { BRIGHTER: { args: [] } },
        { brighter: { args: [true] } },
        { Brighter: { args: { amount: 10 } } },
        { brighter: { args: [true, 50] } },
      ].map(async (alwayson_scripts) => (await txt2img(server, { alwayson_scripts })).body.images[0]),
    );
    const [plain, named, empty, on, object, more] = pictures;
    expect([named, empty]).toEqual([plain, plain]);
    expect(on).toBe(object);
    expect(new Set([plain, on, more]).size).toBe(3);
  });

  it('tells faults beside the picture, or fails where the client is strict', async () => {
    const { server } = await open([brighter]);
    const alwayson_scripts = { Brighter: { args: [true, 1, 'hard'] } };
    const { status, body } = await txt2img(server, { alwayson_scripts });
    expect([status, body.images.length]).toEqual([200, 1]);
    expect(body.armature.faults).toMatchObject([{ code: 'EXT_TAP_THREW', extension: 'test.part0', hook: 'image.each' }]);
    expect(JSON.parse(body.info)).toMatchObject({
      faults: body.armature.faults,
      infotexts: [expect.stringContaining('Skipped: test.part0')],
    });
    expect(await txt2img(server, { alwayson_scripts, strict: true })).toMatchObject({ status: 422, body: { error: 'JOB_FAULTED' } });
    const beyond = await txt2img(server, { alwayson_scripts: { brighter: { args: [1, 2, 3, 4] } } });
    expect([beyond.status, beyond.body.error]).toEqual([422, 'REQUEST_INVALID']);
  });

  it('lists them with what their schemas say', async () => {
    const { server } = await open([brighter]);
    const titles = ['extra options', 'brighter', 'refiner', 'sampler', 'seed'];
    expect(await get(server, '/sdapi/v1/scripts')).toEqual({ txt2img: titles, img2img: titles });
    const infos = await get(server, '/sdapi/v1/script-info');
    expect(infos[1]).toEqual({
      name: 'brighter',
      is_alwayson: true,
      is_img2img: false,
      args: [
        { label: 'Brighter', value: false, minimum: null, maximum: null, step: null, choices: null },
        { label: 'How much', value: 10, minimum: 0, maximum: 99, step: 3, choices: null },
        { label: 'mode', value: 'soft', minimum: null, maximum: null, step: null, choices: ['soft', 'hard'] },
      ],
    });
  });
});

describe('answers', () => {
  it('saves what a client asks to be saved, and sends the grid first', async () => {
    const out = await mkdtemp(join(tmpdir(), 'armature-out-'));
    afterwards(() => rm(out, { recursive: true, force: true }));
    const { server } = await open([], { out });
    const { body } = await txt2img(server, { batch_size: 2, save_images: true });
    expect(await Promise.all(body.images.map(sizeOf))).toEqual([128, 64, 64]);
    const info = JSON.parse(body.info);
    expect([info.index_of_first_image, info.infotexts.length, info.all_seeds]).toEqual([1, 3, [1, 2]]);
    const saved = (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.png'));
    expect(saved).toHaveLength(3);
  });

  it('lets extensions add to it', async () => {
    const { server } = await open([
      defineExtension({
        setup({ hooks }) {
          hooks.api.response.tap(({ body }, { job }) => ({ body: { ...body, seed: job.request.seed } }));
        },
      }),
    ]);
    const { body } = await txt2img(server, {});
    expect([body.seed, body.images.length]).toEqual([1, 1]);
  });

  it('says where it has no folder to save in', async () => {
    const { server } = await open();
    const { status, body } = await txt2img(server, { save_images: true });
    expect([status, body.error, body.detail]).toEqual([422, 'REQUEST_INVALID', expect.stringContaining('save_images')]);
  });

  it('names fields as the client does, and what it did otherwise', async () => {
    const { server } = await open();
    const wrong = await txt2img(server, { cfg_scale: -1 });
    expect([wrong.status, wrong.body.detail]).toEqual([422, expect.stringContaining('cfg_scale')]);
    const other = await txt2img(server, { sampler_name: 'dpm++ 2m karras', scheduler: 'automatic', override_settings: { nope: 1 } });
    expect(JSON.parse(other.body.info)).toMatchObject({ sampler_name: 'DPM++ 2M', extra_generation_params: { 'Schedule type': 'Karras' } });
    expect(other.body.armature.notes).toEqual(['There is no option "nope" here; it was left out.']);
  });

  it.each([
    [{ prompt: ['a'] }, ['prompt'], 'type_error.str'],
    [{ styles: [{}] }, ['styles'], 'type_error.str'],
    [{ enable_hr: 'maybe' }, ['enable_hr'], 'type_error.bool'],
    [{ alwayson_scripts: [] }, ['alwayson_scripts'], 'type_error.dict'],
    [{ cfg_scale: 'x' }, ['cfg_scale'], 'type_error.float'],
  ])('refuses %j in the shape of FastAPI', async (fields, path, type) => {
    const { server } = await open();
    const { status, body } = await txt2img(server, fields);
    expect([status, body.detail[0].loc, body.detail[0].type]).toEqual([422, ['body', ...path], type]);
  });

  it('takes null for the default', async () => {
    const { server } = await open();
    const nulls = { cfg_scale: null, n_iter: null, styles: null, alwayson_scripts: null, script_args: null, send_images: null };
    const { status, body } = await txt2img(server, nulls);
    expect([status, body.parameters.cfg_scale, JSON.parse(body.info).cfg_scale]).toEqual([200, null, 7]);
  });
});
