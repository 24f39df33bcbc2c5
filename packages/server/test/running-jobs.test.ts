import { request as httpRequest } from 'node:http';
import { defineExtension } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { gate, get, open, post, sizeOf, small, txt2img } from './small-server.js';

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
