import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineExtension, type ExtensionDefinition, field, Raster } from '@armature/sdk';
import { createServer, type Server, type ServerOptionsInput } from '@armature/server';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterEach, describe, expect, it } from 'vitest';

type Host = Awaited<ReturnType<typeof createTestHost>>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(
  extensions: readonly ExtensionDefinition[] = [],
  options: ServerOptionsInput = {},
): Promise<{ host: Host; server: Server }> {
  const host = await createTestHost({ extensions: extensions.map((definition, at) => inlineExtension(`test.part${at}`, definition)) });
  closing.push(() => host.dispose());
  const server = await createServer({ host, options: { port: 0, ...options } });
  closing.push(() => server.close());
  return { host, server };
}

const small = { prompt: 'cat', steps: 2, width: 64, height: 64, seed: 1 };

async function post(server: Server, url: string, payload: object = {}) {
  const answer = await server.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}
const txt2img = (server: Server, payload: object) => post(server, '/sdapi/v1/txt2img', { ...small, ...payload });
const get = async (server: Server, url: string) => (await server.inject({ url })).json();

/** Holds a job at its first step until it is let go, or cancelled. */
function gate(): { readonly definition: ExtensionDefinition; readonly reached: Promise<void>; open(): void } {
  let open = (): void => {};
  let reach = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const definition = defineExtension({
    setup({ hooks }) {
      hooks.sampling.step.tap(async (_report, { job }) => {
        reach();
        await Promise.race([opened, new Promise((resolve) => job.signal.addEventListener('abort', resolve))]);
      });
    },
  });
  return { definition, reached, open: () => open() };
}

describe('while a job runs', () => {
  it('tells progress and what waits, and forgets both', async () => {
    const { definition, reached, open: letGo } = gate();
    const { server } = await open([definition]);
    const running = txt2img(server, { force_task_id: 'first', n_iter: 2 });
    await reached;
    const waiting = txt2img(server, { force_task_id: 'second' });
    const now = await get(server, '/sdapi/v1/progress');
    expect(now).toMatchObject({ current_image: null, textinfo: null, state: { job: 'Batch 1 out of 2', job_count: 2, sampling_steps: 2 } });
    expect(now.progress).toBeCloseTo(0.01);
    await expect.poll(() => get(server, '/internal/pending-tasks')).toEqual({ size: 1, tasks: ['second'] });
    expect((await post(server, '/internal/progress', { id_task: 'first' })).body).toMatchObject({
      active: true,
      queued: false,
      completed: false,
    });
    expect((await post(server, '/internal/progress', { id_task: 'second' })).body).toMatchObject({
      queued: true,
      textinfo: 'In queue: 1/1',
    });
    letGo();
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
    expect((await post(server, '/internal/progress', { id_task: 'first' })).body).toMatchObject({ active: false, completed: true });
    expect(await get(server, '/sdapi/v1/progress')).toMatchObject({ progress: 0, eta_relative: 0, state: { job_count: 0, job: '' } });
  });

  it('shows the picture as it is, as often as the options say', async () => {
    let step: (() => Promise<void>) | undefined;
    const { host, server } = await open([
      defineExtension({
        setup({ hooks }) {
          hooks.sampling.prediction.tap(async (value, ctx) => {
            if (ctx.step.index === 1) await step?.();
            return value;
          });
        },
      }),
    ]);
    host.configure({ show_progress_every_n_steps: 1 });
    const seen: string[] = [];
    step = async () => {
      const { current_image } = await get(server, '/sdapi/v1/progress');
      const bare = await get(server, '/sdapi/v1/progress?skip_current_image=true');
      seen.push(current_image);
      expect(bare.current_image).toBeNull();
    };
    await txt2img(server, {});
    expect(Buffer.from(seen[0] ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG');
  });

  it('interrupts: the picture at hand comes as it is, and no other begins', async () => {
    const { definition, reached, open: letGo } = gate();
    const { server } = await open([definition]);
    const running = txt2img(server, { steps: 50, n_iter: 3 });
    await reached;
    expect((await post(server, '/sdapi/v1/interrupt')).body).toEqual({});
    expect((await get(server, '/sdapi/v1/progress')).state.interrupted).toBe(true);
    letGo();
    const { status, body } = await running;
    expect(status).toBe(200);
    expect(body.images).toHaveLength(1);
    expect(JSON.parse(body.info).all_seeds).toEqual([1, 2, 3]);
  });

  it('skips the batch at hand only', async () => {
    const { definition, reached, open: letGo } = gate();
    const { server } = await open([definition]);
    const running = txt2img(server, { steps: 3, n_iter: 2, enable_hr: true });
    await reached;
    expect((await post(server, '/sdapi/v1/skip')).body).toBeNull();
    letGo();
    const { images, info } = (await running).body;
    expect(images).toHaveLength(2);
    const sizes = await Promise.all(images.map((image: string) => sizeOf(image)));
    expect(sizes).toEqual([64, 128]);
    expect(JSON.parse(info).infotexts[0]).not.toContain('Hires');
  });
});

const sizeOf = (image: string): number => Buffer.from(image, 'base64').readUInt32BE(16);

describe('clients that leave', () => {
  async function leaves(keepJobs: boolean): Promise<string> {
    const { definition, reached, open: letGo } = gate();
    let ended = (_status: string): void => {};
    const outcome = new Promise<string>((resolve) => {
      ended = resolve;
    });
    const watch = defineExtension({
      setup({ hooks }) {
        hooks.job.done.tap(({ status }) => ended(status));
      },
    });
    const { server } = await open([definition, watch], { keepJobs });
    const { hostname, port } = new URL(await server.listen());
    const path = '/sdapi/v1/txt2img';
    const sent = httpRequest({ hostname, port, path, method: 'POST', headers: { 'content-type': 'application/json' } });
    const gone = new Promise((resolve) => sent.on('error', resolve).on('close', resolve));
    sent.end(JSON.stringify(small));
    await reached;
    sent.destroy();
    await gone;
    if (keepJobs) {
      // That nothing comes of it cannot be waited for.
      await new Promise((resolve) => setTimeout(resolve, 50));
      letGo();
    }
    return outcome;
  }

  it('take their job with them', async () => expect(await leaves(false)).toBe('cancelled'));
  it('leave it where jobs are kept', async () => expect(await leaves(true)).toBe('done'));
});

describe('many requests', () => {
  it('turns away what is more than may wait', async () => {
    const { definition, reached, open: letGo } = gate();
    const { server } = await open([definition], { waitingJobs: 1 });
    const running = txt2img(server, {});
    await reached;
    const waiting = txt2img(server, {});
    await expect.poll(async () => (await get(server, '/internal/pending-tasks')).size).toBe(1);
    const refused = await txt2img(server, {});
    expect([refused.status, refused.body.error, refused.headers['retry-after']]).toEqual([429, 'SERVER_BUSY', '5']);
    letGo();
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
  });

  it('never sees the options of another', async () => {
    const { host, server } = await open();
    const before = host.settings();
    const asked = [1, 2, 3, 1, 2, 3].map((clip) =>
      txt2img(server, { override_settings: { CLIP_stop_at_last_layers: clip, randn_source: clip === 2 ? 'NV' : 'CPU' } }),
    );
    const made = (await Promise.all(asked)).map(({ body }) => ({ ...JSON.parse(body.info), picture: body.images[0] }));
    expect(made.map(({ clip_skip }) => clip_skip)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(made.slice(0, 3).map(({ picture }) => picture)).toEqual(made.slice(3).map(({ picture }) => picture));
    expect(new Set(made.map(({ picture }) => picture)).size).toBe(3);
    expect(host.settings()).toEqual(before);
  });

  it('keeps options that are meant to stay, once the picture is made', async () => {
    const { host, server } = await open();
    const [lasting, other] = await Promise.all([
      txt2img(server, { override_settings: { CLIP_stop_at_last_layers: 2 }, override_settings_restore_afterwards: false }),
      txt2img(server, {}),
    ]);
    expect([lasting, other].map(({ body }) => JSON.parse(body.info).clip_skip)).toEqual([2, 1]);
    expect(host.settings().CLIP_stop_at_last_layers).toBe(2);
  });
});

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
    closing.push(() => rm(out, { recursive: true, force: true }));
    const { server } = await open([], { out });
    const { body } = await txt2img(server, { batch_size: 2, save_images: true });
    expect(await Promise.all(body.images.map(sizeOf))).toEqual([128, 64, 64]);
    const info = JSON.parse(body.info);
    expect([info.index_of_first_image, info.infotexts.length, info.all_seeds]).toEqual([1, 3, [1, 2]]);
    const saved = (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.png'));
    expect(saved).toHaveLength(3);
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
