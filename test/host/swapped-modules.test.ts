import { join } from 'node:path';
import { RUNTIME, startRuntime } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';
import { root } from '../source-file.js';

const request = { prompt: 'a red circle', seed: 5, steps: 1, width: 64, height: 64, strict: true };

it('another formula of one network brings one session more, and the same again none', async () => {
  const runtime = await startRuntime({ threads: 1 });
  const host = await createTestHost({
    extensions: [{ from: join(root, 'examples/attention-swap') }],
    provide: [[RUNTIME, () => async () => runtime]],
  });
  const sessions: number[] = [];
  for (const formula of ['Fused', 'Plain', 'Plain', 'Halved', 'Fused']) {
    await host.txt2img({ ...request, extensions: { 'examples.attention-swap': { formula } } });
    sessions.push((await runtime.memory()).sessions);
  }
  const [plain = 0] = sessions;
  expect(sessions).toEqual([plain, plain + 1, plain + 1, plain + 2, plain + 2]);
  await host.dispose();
  await runtime.dispose();
});
