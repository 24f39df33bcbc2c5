import { fileURLToPath } from 'node:url';
import { defineExtension, type Latent } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';

const ease = { from: fileURLToPath(new URL('..', import.meta.url)) };
const request = { prompt: 'a yellow star on a black background', seed: 3, steps: 8, width: 128, height: 128 };

/** Answers in place of the network as if all pictures were unit noise: x0 = x / (1 + σ²). Keeps what the sampler was at. */
function knownNetwork() {
  const seen = { sigmas: [] as readonly number[], latents: [] as Latent[] };
  const definition = defineExtension({
    setup({ hooks: { sampling } }) {
      sampling.plan.tap(({ sigmas }) => {
        seen.sigmas = sigmas;
      });
      sampling.guidance.tap(({ latent }, { step }) => latent.scale(1 / (1 + step.sigma ** 2)));
      sampling.feeds.tap(({ latent }) => void (seen.latents.length === 0 && seen.latents.push(latent.rows(0, 1))));
      sampling.step.tap(({ latent }) => void seen.latents.push(latent));
    },
  });
  const manifest = { name: 'known-network', version: '1.0.0', api: 1, id: 'test.known-network', engines: { armature: '*' } };
  return { seen, extension: { manifest, definition } };
}

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
      const plain = await host.txt2img({ ...request, scheduler: 'Karras' });
      expect(eased.images[0]?.image.toBytes()).not.toEqual(plain.images[0]?.image.toBytes());
    } finally {
      await host.dispose();
    }
  });

  it('goes where its formula says, on a network that is known', async () => {
    const { seen, extension } = knownNetwork();
    const host = await createTestHost({ extensions: [ease, extension] });
    try {
      const { faults } = await host.txt2img({ ...request, sampler: 'Ease' });
      expect(faults).toEqual([]);
      const [first, ...later] = seen.latents;
      const [, ...expected] = factors(seen.sigmas);
      expect(later).toHaveLength(request.steps);
      for (const [step, latent] of later.entries()) {
        const wanted = first?.scale(expected[step] ?? Number.NaN).toFloat32Array() ?? [];
        const worst = latent.toFloat32Array().reduce((most, value, at) => Math.max(most, Math.abs(value - (wanted[at] ?? Number.NaN))), 0);
        expect(worst, `after step ${step}`).toBeLessThan(1e-4);
      }
    } finally {
      await host.dispose();
    }
  });
});
