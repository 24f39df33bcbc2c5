import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GenerationResult, type Host, type JobStage, RUNTIME, type Runtime, startRuntime } from '@armature/core';
import { defineExtension, type JobOutcome } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 3, width: 64, height: 64 };

describe('a job is cancelled', () => {
  const outcomes: JobOutcome['status'][] = [];
  let slow: (() => void) | undefined;
  const warnings: Error[] = [];
  const unhandled: unknown[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  const onRejection = (reason: unknown): void => void unhandled.push(reason);
  let runtime: Runtime;
  let host: Host;
  const out = mkdtempSync(join(tmpdir(), 'armature-cancel-'));

  beforeAll(async () => {
    process.on('warning', onWarning);
    process.on('unhandledRejection', onRejection);
    const witness = defineExtension({
      setup({ hooks }) {
        hooks.job.done.tap(({ status }) => void outcomes.push(status));
        hooks.image.saving.tap(() => slow?.());
      },
    });
    runtime = await startRuntime({ threads: 2 });
    const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.witness', engines: { armature: '*' } } };
    host = await createTestHost({ extensions: [{ manifest, definition: witness }], provide: [[RUNTIME, () => async () => runtime]] });
  });
  afterEach(() => {
    slow = undefined;
    outcomes.length = 0;
  });
  afterAll(async () => {
    await host.dispose();
    await runtime.dispose();
    process.off('warning', onWarning);
    process.off('unhandledRejection', onRejection);
    rmSync(out, { recursive: true });
    expect(warnings).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  /** Cancels when `stage` begins; `clipSkip` makes the text encoder another network, so that it has to be emitted. */
  const cancelAt = async (stage: JobStage, clipSkip: number): Promise<GenerationResult> => {
    const abort = new AbortController();
    const settings = { CLIP_stop_at_last_layers: clipSkip };
    const onProgress = ({ stage: now, step }: { stage: JobStage; step: number }): void => {
      if (now === stage && (stage !== 'sampling' || step === 1)) abort.abort();
    };
    return host.txt2img({ ...request, settings }, { signal: abort.signal, onProgress, out });
  };

  it.each([
    ['queued', 1],
    ['model', 1],
    ['prompt', 1],
    ['graph', 2],
    ['sampling', 1],
    ['decode', 1],
    ['finish', 1],
  ] as const)('at stage %s: no picture, no file, nothing kept, and the next job is done', async (stage, clipSkip) => {
    const cancelled = await cancelAt(stage, clipSkip);
    expect(cancelled).toMatchObject({ status: 'cancelled', images: [], faults: [] });
    expect(outcomes).toEqual(['cancelled']);
    expect(readdirSync(out)).toEqual([]);
    expect((await host.txt2img(request)).status).toBe('done');
    expect((await runtime.memory()).handles).toBe(0);
  });

  it('before it was asked for', async () => {
    const result = await host.txt2img(request, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: 'cancelled', images: [] });
  });

  it('while a picture is saved: it is not written, the pictures before it are whole', async () => {
    const abort = new AbortController();
    let pictures = 0;
    slow = () => {
      pictures++;
      if (pictures === 2) abort.abort();
    };
    const result = await host.txt2img({ ...request, batchSize: 3, settings: { save_to_dirs: false } }, { signal: abort.signal, out });
    expect(result.status).toBe('cancelled');
    expect(result.images.map(({ path }) => path)).toEqual([join(out, 'txt2img-images', '00000-5-a red circle on a blue background.png')]);
    expect(readdirSync(join(out, 'txt2img-images'))).toEqual(['00000-5-a red circle on a blue background.png']);
  });

  it('while it waits: at once, and those behind it come on', async () => {
    const abort = new AbortController();
    const order: string[] = [];
    const told = (name: string) => (result: GenerationResult) => void order.push(`${name} ${result.status}`);
    const first = host.txt2img({ ...request, steps: 30 }).then(told('first'));
    const waiting = host.txt2img(request, { signal: abort.signal, onProgress: ({ stage }) => stage === 'queued' && abort.abort() });
    const last = host.txt2img(request).then(told('last'));
    await Promise.all([first, waiting.then(told('waiting')), last]);
    expect(order).toEqual(['waiting cancelled', 'first done', 'last done']);
  });

  it('thirty at a time by one signal, without a warning of leaks', async () => {
    const abort = new AbortController();
    const jobs = Array.from({ length: 30 }, (_, seed) => host.txt2img({ ...request, seed, steps: 1 }, { signal: abort.signal }));
    await jobs[2];
    abort.abort();
    const states = (await Promise.all(jobs)).map(({ status }) => status);
    expect(states.slice(0, 3)).toEqual(['done', 'done', 'done']);
    expect(states.at(-1)).toBe('cancelled');
  });
});
