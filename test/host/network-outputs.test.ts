import { RUNTIME, startRuntime } from '@armature/core';
import {
  defineExtension,
  type HostError,
  isHostError,
  type JobInfo,
  Latent,
  NOISE,
  SESSIONS,
  type TensorHandle,
  UNET,
} from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

const request = { prompt: 'a red circle', seed: 5, steps: 2, width: 64, height: 64, batchSize: 2 };

it('an extension calls the network of its job for an output that it has declared, and draws what the job draws', async () => {
  const seen: { kept: TensorHandle[]; noise: string[]; codes: unknown[]; job?: JobInfo } = { kept: [], noise: [], codes: [] };
  let late: (() => Promise<unknown>) | undefined;
  const looking = defineExtension({
    setup({ hooks, use }) {
      const [unet, noise, sessions] = [use(UNET), use(NOISE), use(SESSIONS)];
      hooks.graph.module.tap({ path: 'unet.middle_block', variant: () => 'seen' }, (inner) => (g, ...inputs) => {
        const value = inner(g, ...inputs);
        g.output('test.middle', value);
        return value;
      });
      hooks.sampling.noise.tap((drawn, { job, purpose }) => {
        if (purpose !== 'initial') return;
        const own = noise.seeds(job).map((seed) => noise.stream(job, seed).normal([1, ...drawn.shape.slice(1)]));
        seen.noise.push(own.map((row) => row.toFloat32Array().join()).join(), drawn.toFloat32Array().join());
      });
      hooks.sampling.feeds.tap(async (feeds, { job }) => {
        const fed = { ...feeds, latent: feeds.latent.scale(feeds.inputScale) };
        const call = (name: string) => unet.run(job, fed, { keep: [name] });
        late = () => call('test.middle');
        const { 'test.middle': handle } = await call('test.middle');
        seen.kept.push(handle!);
        await sessions.release(handle!);
        await call('test.nothing').catch((error: unknown) => seen.codes.push(isHostError(error) && error.code));
        const narrow = { ...fed, concat: new Latent(new Float32Array(4), [1, 1, 2, 2]) };
        await unet.run(job, narrow, { keep: ['test.middle'] }).catch((error: unknown) => seen.codes.push((error as Error).name));
      });
    },
  });
  const runtime = await startRuntime({ threads: 1 });
  const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.looking', capabilities: ['graph'], engines: { armature: '*' } } };
  const plain = await createTestHost();
  const host = await createTestHost({
    extensions: [{ manifest: manifest as never, definition: looking }],
    provide: [[RUNTIME, () => async () => runtime]],
  });
  const made = await host.txt2img(request);
  expect(made.faults).toEqual([]);
  // Four rows, as often as the sampler asks; the tiny model's middle has a quarter of the latent's side or less.
  expect(seen.kept).toHaveLength(2);
  expect(seen.kept[0]?.shape[0]).toBe(4);
  expect(seen.noise[0]).toBe(seen.noise[1]);
  expect(seen.codes).toEqual(['RUNTIME_REFUSED', 'RangeError', 'RUNTIME_REFUSED', 'RangeError']);
  // What was looked at is not changed by it.
  expect(made.images.map(({ image }) => image.toBytes())).toEqual(
    (await plain.txt2img(request)).images.map(({ image }) => image.toBytes()),
  );
  expect((await runtime.memory()).handles).toBe(0);
  await expect(late?.()).rejects.toMatchObject({ code: 'JOB_ENDED' } satisfies Partial<HostError>);
  await host.dispose();
  await plain.dispose();
  await runtime.dispose();
});
