import type { JobProgress } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

it('tells stage, step, share and time to go, and shows what is being drawn', async () => {
  const seen: JobProgress[] = [];
  const host = await createTestHost();
  try {
    const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 6, width: 128, height: 128, cfgScale: 5, iterations: 2 };
    await host.txt2img(request, { onProgress: (progress) => seen.push(progress) });
  } finally {
    await host.dispose();
  }
  const steps = seen.filter(({ stage, step }) => stage === 'sampling' && step > 0);
  expect(steps.map(({ iteration, step }) => `${iteration}:${step}`)).toEqual(
    [0, 1].flatMap((i) => [1, 2, 3, 4, 5, 6].map((s) => `${i}:${s}`)),
  );
  const shares = seen.map(({ fraction }) => fraction);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(steps.at(-1)?.fraction).toBe(1);
  expect(steps[0]?.etaSeconds).toBeUndefined();
  expect(steps[1]?.etaSeconds).toBeGreaterThan(0);
  expect(steps.at(-1)?.etaSeconds).toBe(0);
  const preview = steps.at(-1)?.preview();
  expect([preview?.width, preview?.height]).toEqual([16, 16]);
  const [red = 0, , blue = 0] = preview?.toBytes().subarray((8 * 16 + 8) * 3) ?? [];
  expect(red).toBeGreaterThan(blue);
});
