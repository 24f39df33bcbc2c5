import { type createHost, RUNTIME, type Runtime, startRuntime } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 8, width: 128, height: 128 };

describe('the runtime process is killed in mid-step', () => {
  let runtime: Runtime;
  let host: Awaited<ReturnType<typeof createHost>>;
  beforeAll(async () => {
    runtime = await startRuntime({ threads: 2 });
    host = await createTestHost({ models: [tinyModelFolder], provide: [[RUNTIME, () => async () => runtime]] });
  });
  afterAll(async () => {
    await host.dispose();
    await runtime.dispose();
  });

  it('fails the job with a code, and the same host makes the next picture', async () => {
    const before = await host.txt2img(request);
    const epoch = runtime.epoch;
    const killed = host.txt2img(request, {
      onProgress: ({ step, stage }) => {
        if (stage === 'sampling' && step === 3 && runtime.pid && runtime.epoch === epoch) process.kill(runtime.pid, 'SIGKILL');
      },
    });
    await expect(killed).rejects.toMatchObject({ code: 'RUNTIME_DIED' });
    const after = await host.txt2img(request);
    expect(runtime.epoch).toBeGreaterThan(epoch);
    expect(after.images[0]?.image.toBytes()).toEqual(before.images[0]?.image.toBytes());
  });

  it('is cancelled by its signal and keeps nothing running', async () => {
    const abort = new AbortController();
    const cancelled = await host.txt2img(
      { ...request, steps: 50 },
      { signal: abort.signal, onProgress: ({ step }) => step === 2 && abort.abort() },
    );
    expect(cancelled.status).toBe('cancelled');
    expect((await runtime.memory()).handles).toBe(0);
    expect((await host.txt2img(request)).status).toBe('done');
  });
});
