import { fileURLToPath } from 'node:url';
import { createTestHost, hookProbe } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

expect.extend(matchers);

type Host = Awaited<ReturnType<typeof createTestHost>>;

const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 8, width: 128, height: 128 };
const from = fileURLToPath(new URL('..', import.meta.url));

describe('dynamic CFG', () => {
  const probe = hookProbe('sampling.done');
  let plain: Host;
  let host: Host;

  beforeAll(async () => {
    plain = await createTestHost();
    host = await createTestHost({ extensions: [{ from }, probe.extension] });
  });
  afterAll(async () => {
    await plain.dispose();
    await host.dispose();
  });

  const make = async (args: object, cfgScale = 7, sampler = 'Euler') => {
    const result = await host.txt2img({ ...request, cfgScale, sampler, strict: true, extensions: { 'examples.dynamic-cfg': { ...args } } });
    const { image, infotext } = result.images[0]!;
    return { image, infotext, latent: probe.calls('sampling.done').at(-1)!.value.toFloat32Array() };
  };
  const reach = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

  it('is plain CFG, bit for bit, while its amount is 0', async () => {
    const { images } = await plain.txt2img(request);
    const same = await make({ amount: 0, like: 3, mode: 'Cosine Down' });
    expect(same.image).toBeIdenticalTo(images[0]!.image);
  });

  it.each(['Euler', 'Heun', 'DDIM'])(
    'is plain CFG but for rounding when it keeps the range that the scale gives anyway: %s',
    async (sampler) => {
      const before = (await make({}, 7, sampler)).latent;
      const after = (await make({ amount: 1, like: 7 }, 7, sampler)).latent;
      expect(reach(after.map((value, i) => value - before[i]!))).toBeLessThan(1e-3);
    },
  );

  it('holds a burnt picture within the range of the lower scale', async () => {
    const fitting = await make({}, 7);
    const burnt = await make({}, 30);
    const held = await make({ amount: 1, like: 7, percentile: 0.99 }, 30);
    expect(reach(burnt.latent)).toBeGreaterThan(5 * reach(fitting.latent));
    expect(reach(held.latent)).toBeLessThan(1.1 * reach(fitting.latent));
    expect(burnt.image).not.toHaveDominantColour('blue');
    expect(held.image).toHaveDominantColour('blue');
  });

  it('lets the scale fall over the run; the parameters say so and make the picture again', async () => {
    const constant = await make({ amount: 0.5 });
    const falling = await make({ amount: 0.5, mode: 'Cosine Down', floor: 3 });
    expect(falling.image).not.toBeIdenticalTo(constant.image);
    expect(falling.infotext).toContain('Dynamic CFG amount: 0.5, Dynamic CFG mode: Cosine Down, Dynamic CFG floor: 3');
    const { prompt, seed, steps, width, height, extensions } = (await host.paste(falling.infotext)).request;
    const again = await host.txt2img({ prompt, seed, steps, width, height, extensions });
    expect(again.images[0]!.image).toBeIdenticalTo(falling.image);
    expect(again.images[0]!.infotext).toBe(falling.infotext);
  });
});
