import { RUNTIME, startRuntime } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 3, steps: 3, width: 64, height: 64 };

it('networks take turns where they do not fit beside each other, and the picture is the same', async () => {
  const most = async (memory: number | undefined) => {
    const runtime = await startRuntime({ threads: 2 });
    const loaded: string[] = [];
    const watched = new Proxy(runtime, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name !== 'load') return value.bind(target);
        return (...args: Parameters<typeof runtime.load>) => {
          loaded.push(args[0].label);
          return target.load(...args);
        };
      },
    });
    const host = await createTestHost({ provide: [[RUNTIME, () => async () => watched]], ...(memory && { memory }) });
    try {
      const first = await host.txt2img(request);
      const second = await host.txt2img(request);
      expect(second.images[0]?.image.toBytes()).toEqual(first.images[0]?.image.toBytes());
      return { bytes: first.images[0]?.image.toBytes(), loads: loaded.length, sessions: (await runtime.memory()).sessions };
    } finally {
      await host.dispose();
      await runtime.dispose();
    }
  };
  const [roomy, small] = [await most(undefined), await most(23)];
  expect(small.bytes).toEqual(roomy.bytes);
  expect(small.sessions).toBeLessThan(roomy.sessions);
  expect(small.loads).toBeGreaterThan(roomy.loads);
});

it('a network that is larger than the budget is refused with the model, what it needs, and the budget', async () => {
  const host = await createTestHost({ memory: 12 });
  try {
    const refused = host.txt2img(request);
    await expect(refused).rejects.toMatchObject({
      code: 'RUNTIME_MEMORY',
      message: expect.stringMatching(/^[a-z-]+ of tiny-sd1 needs about \d+ MiB, the budget is 12 MiB/),
    });
  } finally {
    await host.dispose();
  }
});
