import { fileURLToPath } from 'node:url';
import { createTestHost, faultyNeighbour, hookProbe } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { expect, it } from 'vitest';

expect.extend(matchers);

const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 8, width: 128, height: 128 };
const lateSharpen = { from: fileURLToPath(new URL('..', import.meta.url)) };
const sharpenedFrom = (from: number) => ({ ...request, extensions: { 'examples.late-sharpen': { from } } });
const without = { ...request, extensions: { 'examples.late-sharpen': { enabled: false } } };

it('sharpens from its moment on, and says so in the parameters', async () => {
  const probe = hookProbe('sampling.guided');
  const host = await createTestHost({ extensions: [lateSharpen, probe.extension] });
  try {
    const { images, faults } = await host.txt2img(sharpenedFrom(0.5));
    expect(faults).toEqual([]);
    expect(probe.calls('sampling.guided').map((call) => call.changed)).toEqual([...Array(4).fill(false), ...Array(4).fill(true)]);
    expect(images[0]?.infotext).toContain('Sharpen from: 0.5');
    const [plain] = (await host.txt2img(without)).images;
    expect(images[0]).not.toBeIdenticalTo(plain!);
    expect(images[0]).toLookLike(plain!, { psnr: 20 });
    expect(images[0]).toHaveDominantColour('blue');
    const [never] = (await host.txt2img(sharpenedFrom(1))).images;
    expect(never).toBeIdenticalTo(plain!);
  } finally {
    await host.dispose();
  }
});

it('sharpens what it is given when a neighbour fails in the same hook', async () => {
  const neighbour = faultyNeighbour({ hook: 'sampling.guided', how: 'throws', step: 6 });
  const host = await createTestHost({ extensions: [neighbour.extension, lateSharpen] });
  try {
    const { result, alone } = await neighbour.provoke(host, sharpenedFrom(0.5));
    expect(result.images[0]).toBeIdenticalTo(alone.images[0]!);
    expect(result.images[0]?.infotext).toContain(`Skipped: ${neighbour.id} (sampling.guided)`);
  } finally {
    await host.dispose();
  }
});
