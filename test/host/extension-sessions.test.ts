import { RUNTIME, startRuntime } from '@armature/core';
import { defineExtension, SESSIONS, Tensor } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

const request = { prompt: 'a red circle', seed: 5, steps: 1, width: 64, height: 64 };

it('a network of an extension goes with it, and so does what it kept', async () => {
  const sums: number[] = [];
  const doubling = defineExtension({
    setup({ hooks, use }) {
      const sessions = use(SESSIONS);
      hooks.model.loaded.tap(async ({ path }) => {
        const session = await sessions.open({
          key: 'double',
          weightsPath: path,
          weightPrefix: '',
          async emit(g) {
            const x = g.input('x', 'float32', ['n']);
            g.output('y', g.op('Add', [x, x]));
          },
        });
        await session.run({ x: new Tensor([1, 2], [2]) }, { keep: ['y'] });
        const { y } = await session.run({ x: new Tensor([3, 4], [2]) });
        sums.push(...(y as Tensor).toFloat32Array());
      });
    },
  });
  const runtime = await startRuntime({ threads: 1 });
  const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.doubling', engines: { armature: '*' } } };
  const host = await createTestHost({
    extensions: [{ manifest, definition: doubling }],
    provide: [[RUNTIME, () => async () => runtime]],
  });
  expect((await host.txt2img(request)).faults).toEqual([]);
  expect(sums).toEqual([6, 8]);
  expect((await runtime.memory()).handles).toBe(1);
  await host.reload();
  expect((await runtime.memory()).handles).toBe(0);
  await host.dispose();
  expect((await runtime.memory()).sessions).toBe(0);
  await runtime.dispose();
});
