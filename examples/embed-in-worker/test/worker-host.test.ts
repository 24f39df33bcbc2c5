import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WorkerHost } from '../src/worker-host.js';

const small = { prompt: 'a red circle on a blue background', seed: 7, steps: 4, width: 64, height: 64 };
let data: string;
let expected: Uint8Array | undefined;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'armature-worker-'));
  const host = await createTestHost();
  expected = (await host.txt2img(small)).images[0]?.image.toBytes();
  await host.dispose();
});
afterAll(() => rm(data, { recursive: true, force: true }));

it.each(['process', 'thread'] as const)('makes the same picture in a worker, computed in a %s', async (isolation) => {
  const host = new WorkerHost({ models: [tinyModelFolder], data, isolation });
  const { pixels, width, height, infotext } = await host.txt2img(small);
  await expect(host.txt2img({ ...small, sampler: 'Nobody' })).rejects.toThrow('There is no sampler "Nobody"');
  await host.close();
  expect([width, height]).toEqual([64, 64]);
  expect(infotext).toContain('Seed: 7');
  expect(pixels).toEqual(expected);
});

it('several work at once, one of them closed while another computes', async () => {
  const [first, second] = (['process', 'thread'] as const).map(
    (isolation) => new WorkerHost({ models: [tinyModelFolder], data, isolation }),
  );
  if (!first || !second) throw new Error('two hosts were made');
  const pictures = await Promise.all([first.txt2img(small), second.txt2img(small)]);
  const [lost, kept] = [first.txt2img({ ...small, steps: 2000 }), second.txt2img(small)];
  const cancelled = expect(lost).rejects.toThrow('the job was cancelled');
  await first.close();
  await cancelled;
  for (const { pixels } of [...pictures, await kept]) expect(pixels).toEqual(expected);
  await second.close();
});
