import { Latent, Stage } from '@armature/sdk';
import { createTestHost, hookProbe, inlineExtension } from '@armature/testing';
import { expect, it } from 'vitest';
import { pictureRequest } from './picture-request.js';

/** Speaks in one hook of every kind, and in a structural one. */
const busy = inlineExtension(
  'tests.busy',
  {
    setup({ hooks }) {
      hooks.sampling.guided.tap((latent, ctx) => (ctx.step.index === 1 ? latent.unsharp(0.5) : undefined), { stage: Stage.Late });
      hooks.sampling.guidance.tap(({ cond, uncond, cfgScale }, ctx) => {
        return ctx.step.index === 2 ? uncond.add(cond.sub(uncond).scale(cfgScale)) : undefined;
      });
      hooks.sampling.denoiser.tap((inner) => async (feeds) => (await inner({ ...feeds, sigma: feeds.sigma * 1.001 })).scale(1.001));
      hooks.sampling.step.tap(() => new Promise((resolve) => setTimeout(resolve, 15)));
      hooks.graph.module.tap({ path: 'unet.**.attn2', variant: () => 'twice' }, (inner) => (g, ...rest) => {
        const value = inner(g, ...rest);
        return g.op('Add', [value, value]) as typeof value;
      });
    },
  },
  { capabilities: ['graph'] },
);

it('hears each kind of hook from both ends: values, what others changed, how long they took', async () => {
  const probe = hookProbe('sampling.*', 'graph.module', 'image.each', 'image.saved');
  const host = await createTestHost({ extensions: [probe.extension, busy] });
  try {
    const { faults } = await host.txt2img(pictureRequest);
    expect(faults).toEqual([]);

    const guided = probe.calls('sampling.guided');
    expect(guided.map((call) => call.changed)).toEqual([false, true, false]);
    expect(guided[1]?.value).toBeInstanceOf(Latent);
    expect(guided[1]?.result?.toFloat32Array()).toEqual(guided[1]?.value.unsharp(0.5).toFloat32Array());
    expect(guided.map((call) => call.ctx.step.index)).toEqual([0, 1, 2]);
    expect(guided[0]?.summary).toMatch(/^Latent \[1, 4, 8, 8\], -?[\d.]+ to [\d.]+, mean -?[\d.]+$/);

    expect(probe.calls('sampling.guidance').map((call) => [call.changed, call.milliseconds === undefined])).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);

    for (const call of probe.calls('sampling.step')) {
      expect(call.milliseconds).toBeGreaterThan(14);
      expect(call.changed).toBe(false);
    }

    const [denoised] = probe.calls('sampling.denoiser');
    const [engine] = denoised?.inner ?? [];
    expect(engine?.value[0].sigma).toBeCloseTo((denoised?.value[0].sigma as number) * 1.001, 6);
    expect(denoised?.result?.at(0)).toBe(engine?.result?.scale(1.001).at(0));
    expect(denoised?.changed).toBe(true);

    const modules = probe.calls('graph.module');
    const changed = modules.filter((call) => call.changed).map((call) => call.ctx.path);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every((path) => path.endsWith('.attn2'))).toBe(true);
    expect(modules.some((call) => call.ctx.path.startsWith('clip'))).toBe(modules.some((call) => call.ctx.plan.network === 'clip'));

    expect(probe.calls('image.saved')).toEqual([]);
  } finally {
    await host.dispose();
  }
});

it('tells the order of all hooks, and changes no picture', async () => {
  const probe = hookProbe();
  const probed = await createTestHost({ extensions: [probe.extension] });
  const plain = await createTestHost();
  try {
    const { images, faults } = await probed.txt2img(pictureRequest);
    expect(faults).toEqual([]);
    expect(images[0]?.image.toBytes()).toEqual((await plain.txt2img(pictureRequest)).images[0]?.image.toBytes());
    const order = probe.order().filter((hook, index, all) => hook !== all[index - 1]);
    expect(order.slice(0, 2)).toEqual(['startup.configure', 'startup.ready']);
    const moments = [
      'job.admit',
      'prompt.text',
      'model.resolve',
      'sampling.plan',
      'graph.plan',
      'sampling.guided',
      'image.each',
      'job.done',
    ] as const;
    expect(moments.map((hook) => order.indexOf(hook)).every((at, i, all) => at > (all[i - 1] ?? -1))).toBe(true);
    expect(probe.calls('model.weights').map((call) => call.changed)).not.toContain(true);
    expect(probe.calls('image.each').map(({ index, at }) => index > 0 && at > 0)).toEqual([true]);

    probe.clear();
    expect(probe.order()).toEqual([]);
    await probed.txt2img(pictureRequest);
    expect(probe.calls('sampling.guided').map((call) => call.changed)).toEqual([false, false, false]);
    expect(probe.calls('job.done')).toHaveLength(1);
    expect(probe.dropped).toBe(0);
  } finally {
    await probed.dispose();
    await plain.dispose();
  }
});

it('refuses hooks that are not there or not listened to', () => {
  expect(() => hookProbe('sampling.guide' as 'sampling.guided')).toThrow(
    /there is no hook "sampling.guide"; known are \*, startup\.configure/,
  );
  expect(() => hookProbe('image.*').calls('sampling.guided')).toThrow(/does not listen to sampling\.guided; it was made for image\.decode/);
});
