import { fileURLToPath } from 'node:url';
import { createTestHost, hookProbe, inlineExtension } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { describe, expect, it } from 'vitest';

expect.extend(matchers);

const ease = { from: fileURLToPath(new URL('..', import.meta.url)) };
const request = { prompt: 'a yellow star on a black background', seed: 3, steps: 8, width: 128, height: 128 };

/** Answers in place of the network as if all pictures were unit noise: x0 = x / (1 + σ²). */
const knownNetwork = inlineExtension('tests.known-network', {
  setup({ hooks }) {
    hooks.sampling.guidance.tap(({ latent }, { step }) => latent.scale(1 / (1 + step.sigma ** 2)));
  },
});

/** The formula of the guide on one number: what the first latent is multiplied by, step after step. */
function factors(sigmas: readonly number[]): readonly number[] {
  const found = [1];
  let before: number | undefined;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const [sigma, next, at] = [sigmas[i] ?? 0, sigmas[i + 1] ?? 0, found[i] ?? 0];
    const derivative = (at * sigma) / (1 + sigma * sigma);
    found.push(at + (next - sigma) * (before === undefined ? derivative : 0.75 * derivative + 0.25 * before));
    before = derivative;
  }
  return found;
}

describe('Ease', () => {
  it('is picked by name, like any sampler', async () => {
    const host = await createTestHost({ extensions: [ease] });
    try {
      expect(host.samplers()).toContain('Ease');
      const eased = await host.txt2img({ ...request, sampler: 'Ease' });
      expect(eased.images[0]?.infotext).toContain('Sampler: Ease, Schedule type: Karras');
      expect(eased.images[0]).toHaveDominantColour('black');
      const plain = await host.txt2img({ ...request, scheduler: 'Karras' });
      expect(eased.images[0]).not.toBeIdenticalTo(plain.images[0]!);
    } finally {
      await host.dispose();
    }
  });

  it('goes where its formula says, on a network that is known', async () => {
    const probe = hookProbe('sampling.plan', 'sampling.feeds', 'sampling.step');
    const host = await createTestHost({ extensions: [ease, knownNetwork, probe.extension] });
    try {
      const { faults } = await host.txt2img({ ...request, sampler: 'Ease' });
      expect(faults).toEqual([]);
      const first = probe.calls('sampling.feeds')[0]?.value.latent.rows(0, 1);
      const [, ...expected] = factors(probe.calls('sampling.plan')[0]?.value.sigmas ?? []);
      const steps = probe.calls('sampling.step');
      expect(steps).toHaveLength(request.steps);
      for (const [step, { value }] of steps.entries()) {
        const wanted = first?.scale(expected[step] ?? Number.NaN).toFloat32Array() ?? [];
        const worst = value.latent.toFloat32Array().reduce((most, v, at) => Math.max(most, Math.abs(v - (wanted[at] ?? Number.NaN))), 0);
        expect(worst, `after step ${step}`).toBeLessThan(1e-4);
      }
    } finally {
      await host.dispose();
    }
  });
});
