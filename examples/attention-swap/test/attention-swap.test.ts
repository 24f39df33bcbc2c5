import { fileURLToPath } from 'node:url';
import { createTestHost, hookProbe } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

expect.extend(matchers);

type Host = Awaited<ReturnType<typeof createTestHost>>;

const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 8, width: 128, height: 128, strict: true };
const from = fileURLToPath(new URL('..', import.meta.url));

describe('attention swap', () => {
  const probe = hookProbe('sampling.done');
  let host: Host;

  beforeAll(async () => {
    host = await createTestHost({ extensions: [{ from }, probe.extension] });
  });
  afterAll(() => host.dispose());

  /** A picture, its latent, and whether a network had to be emitted for it. */
  const make = async (formula: string, on: Host = host) => {
    const stages: string[] = [];
    const { images } = await on.txt2img(
      { ...request, extensions: { 'examples.attention-swap': { formula } } },
      { onProgress: ({ stage }) => void stages.push(stage) },
    );
    const latent = probe.calls('sampling.done').at(-1)!.value.toFloat32Array();
    return { ...images[0]!, latent, emitted: stages.includes('graph') };
  };
  const distance = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

  it('leaves the picture as it is, bit for bit, while it sits out', async () => {
    const without = await createTestHost();
    const plain = await without.txt2img(request);
    await without.dispose();
    const { image, infotext } = await make('Fused');
    expect(image).toBeIdenticalTo(plain.images[0]!.image);
    expect(infotext).not.toContain('Self-attention');
  });

  it('computes the same by the formula of the paper', async () => {
    const fused = await make('Fused');
    const plain = await make('Plain');
    expect(plain.latent).not.toEqual(fused.latent);
    expect(distance(plain.latent, fused.latent)).toBeLessThan(1e-4);
    expect(plain.infotext).toContain('Self-attention: Plain');
  });

  it('computes something else by another formula', async () => {
    const fused = await make('Fused');
    const halved = distance((await make('Halved')).latent, fused.latent);
    const blind = distance((await make('Blind')).latent, fused.latent);
    expect(halved).toBeGreaterThan(1e-2);
    expect(blind).toBeGreaterThan(halved);
  });

  it('builds a session when the formula changes, and only then', async () => {
    const fresh = await createTestHost({ extensions: [{ from }, probe.extension] });
    const emitted: string[] = [];
    for (const formula of ['Plain', 'Plain', 'Halved', 'Halved', 'Plain', 'Fused', 'Fused'])
      if ((await make(formula, fresh)).emitted) emitted.push(formula);
    await fresh.dispose();
    expect(emitted).toEqual(['Plain', 'Halved', 'Fused']);
  });
});
