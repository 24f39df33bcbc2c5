import type { Host } from '@armature/core';
import { defineExtension, type Fault, PIPELINE, type PipelineResult } from '@armature/sdk';
import { createFakeClock, createTestHost } from '@armature/testing';
import { afterEach, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 2, width: 64, height: 64 };
const id = 'test.nesting';
const manifest = { version: '1.0.0', armature: { api: 1, id, engines: { armature: '*' } } };

let host: Host | undefined;
afterEach(() => host?.dispose());

it('a hook that asks for pictures in the pictures it asked for ends with a fault that says so', async () => {
  const jobs: { readonly id: string; readonly faults: readonly Fault[] }[] = [];
  const endless = defineExtension({
    setup({ hooks, use }) {
      const pipeline = use(PIPELINE);
      hooks.image.each.tap(async () => void (await pipeline.run(request)));
      hooks.job.done.tap(({ faults }, { job }) => void jobs.push({ id: job.id, faults }));
    },
  });
  host = await createTestHost({ extensions: [{ manifest, definition: endless }] });
  const result = await host.txt2img(request);
  expect(result.status).toBe('done');
  expect(result.faults).toEqual([]);
  expect(jobs).toHaveLength(4);
  expect(jobs[0]?.faults).toMatchObject([{ code: 'EXT_TAP_THREW', extension: id, hook: 'image.each', job: jobs[0]?.id }]);
  expect(jobs[0]?.faults[0]?.message).toMatch(/inside 5 pictures, 4 may/);
  expect(jobs.slice(1).flatMap(({ faults }) => faults)).toEqual([]);
});

it('a job inside a job is cancelled with it, and a hook’s own signal cancels only what it asked for', async () => {
  const abort = new AbortController();
  const statuses: string[] = [];
  let own: AbortSignal | undefined;
  let child: Promise<PipelineResult> | undefined;
  const nesting = defineExtension({
    args: {},
    setup({ hooks, use }) {
      const pipeline = use(PIPELINE);
      const onlyOnce = { ...request, steps: 50, extensions: { [id]: { enabled: false } } };
      hooks.image.each.tap(async () => {
        child = pipeline.run(onlyOnce, own ? { signal: own } : {});
        if (!own) setTimeout(() => abort.abort(), 100);
        await child;
      });
      hooks.job.done.tap(({ status }) => void statuses.push(status));
    },
  });
  host = await createTestHost({ extensions: [{ manifest, definition: nesting }] });
  const outer = await host.txt2img(request, { signal: abort.signal });
  expect(outer.status).toBe('cancelled');
  expect(await child).toMatchObject({ status: 'cancelled', images: [] });

  own = AbortSignal.timeout(100);
  expect((await host.txt2img(request)).status).toBe('done');
  expect(await child).toMatchObject({ status: 'cancelled', images: [] });
  expect(statuses).toEqual(['cancelled', 'done']);
});

it('a tap that waits for a job of its own does not hang, one that waits for itself does', async () => {
  const clock = createFakeClock();
  const patient = defineExtension({
    setup({ hooks, use }) {
      const pipeline = use(PIPELINE);
      let asked = false;
      hooks.image.each.tap(async () => {
        if (asked) return;
        asked = true;
        await pipeline.run({ ...request, steps: 40 });
      });
      // Of the job it waits for: far more time than it has goes by.
      hooks.sampling.step.tap(() => clock.advance(1000));
    },
  });
  const idle = defineExtension({
    setup({ hooks }) {
      hooks.image.each.tap(() => {
        queueMicrotask(() => clock.advanceToNext());
        return new Promise(() => undefined);
      });
    },
  });
  const idler = { ...manifest, armature: { ...manifest.armature, id: 'test.idle' } };
  const extensions = [
    { manifest, definition: patient },
    { manifest: idler, definition: idle },
  ];
  host = await createTestHost({ clock, extensions, hookTimeout: 300 });
  const start = performance.now();
  const { faults, timings } = await host.txt2img(request);
  const elapsed = performance.now() - start;
  expect(faults.map(({ code, extension }) => `${code} ${extension}`)).toEqual(['EXT_TAP_HUNG test.idle']);
  const own = timings.find(({ extension, hook }) => extension === id && hook === 'image.each');
  expect(own?.milliseconds).toBeLessThan(elapsed / 2);
});
