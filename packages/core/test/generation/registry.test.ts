import { Latent, Raster, type SamplerContribution, type UpscalerContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describe, expect, it } from 'vitest';
import { collectContributions } from '../../src/generation/collect-contributions.js';
import { ContributionRegistry, coreOwner } from '../../src/generation/contribution-registry.js';

const sampler = (name: string, aliases: readonly string[] = []): SamplerContribution => ({
  name,
  aliases,
  kind: 'sigma',
  sample: (run) => Promise.resolve(run.latent),
});

function registryOf(contributions: Readonly<Record<string, readonly SamplerContribution[]>>): ContributionRegistry {
  const registry = new ContributionRegistry();
  for (const [owner, items] of Object.entries(contributions)) {
    const { contribute, pending } = collectContributions(registry, owner, () => true);
    for (const item of items) contribute.sampler(item);
    registry.add(pending);
  }
  return registry;
}

describe('contribution registry', () => {
  it('finds by id, bare name, alias, and without case when asked', () => {
    const registry = registryOf({ [coreOwner]: [sampler('Euler a', ['k_euler_a'])], 'acme.more': [sampler('Fancy')] });
    const euler = registry.get('sampler', 'Euler a');
    expect(euler?.name).toBe('Euler a');
    expect(registry.get('sampler', 'armature.core/Euler a')).toBe(euler);
    expect(registry.get('sampler', 'k_euler_a')).toBe(euler);
    expect(registry.get('sampler', 'euler A')).toBeUndefined();
    expect(registry.get('sampler', 'euler A', { ignoreCase: true })).toBe(euler);
    expect(registry.find('sampler', 'Fancy')).toMatchObject({ id: 'acme.more/Fancy', owner: 'acme.more' });
    expect(registry.list('sampler').map((entry) => entry.id)).toEqual(['armature.core/Euler a', 'acme.more/Fancy']);
    expect(registry.get('upscaler', 'Fancy')).toBeUndefined();
  });

  it('a bare name that strangers share means nobody, and both owners are named', () => {
    const registry = registryOf({ 'a.one': [sampler('Same')], 'b.two': [sampler('Same')] });
    expect(registry.get('sampler', 'Same')).toBeUndefined();
    expect(registry.get('sampler', 'b.two/Same')).toBeDefined();
    expect(registry.clashes[0]?.message).toBe(
      'sampler "Same" is contributed by a.one and by b.two. Remove one of them, or rename its contribution.',
    );
  });

  it('the engine keeps its bare names', () => {
    const registry = registryOf({ [coreOwner]: [sampler('Euler')], 'b.two': [sampler('Euler')] });
    expect(registry.find('sampler', 'Euler')?.owner).toBe(coreOwner);
    expect(registry.clashes).toHaveLength(1);
  });

  it('routes, tags and settings have one owner', () => {
    const registry = new ContributionRegistry();
    const route = { name: 'GET /lora', handle: () => new Response() };
    const first = collectContributions(registry, 'a.one', () => true);
    first.contribute.route(route);
    registry.add(first.pending);
    expect(() => collectContributions(registry, 'b.two', () => true).contribute.route(route)).toThrow(/by a\.one and by b\.two/);
  });

  it('says whose code failed, and lets the host’s own errors through', async () => {
    const broken = (error: Error): SamplerContribution => ({ ...sampler('Broken'), sample: () => Promise.reject(error) });
    const run = {} as Parameters<SamplerContribution['sample']>[0];
    const strange = registryOf({ 'a.one': [broken(new RangeError('shapes differ'))] }).get('sampler', 'Broken');
    await expect(strange?.sample(run)).rejects.toMatchObject({
      code: 'EXT_CONTRIBUTION_THREW',
      message: 'The sampler "Broken" of a.one failed: shapes differ.',
    });
    const cancelled = registryOf({ 'a.one': [broken(new HostError('JOB_CANCELLED'))] }).get('sampler', 'Broken');
    await expect(cancelled?.sample(run)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('takes nothing but a picture from what makes pictures', async () => {
    const first = collectContributions(new ContributionRegistry(), 'a.one', () => true);
    const upscale = (async () => undefined) as unknown as UpscalerContribution['upscale'];
    first.contribute.upscaler({ name: 'Nothing', scale: 2, upscale });
    const upscaler = first.pending[0]?.value as UpscalerContribution;
    const picture = new Raster([0], { width: 1, height: 1, channels: 1 });
    await expect(upscaler.upscale(picture, { scale: 2, signal: new AbortController().signal, settings: {} })).rejects.toMatchObject({
      code: 'EXT_CONTRIBUTION_THREW',
      message: 'The upscaler "Nothing" of a.one failed: it gave undefined, not a Raster.',
    });
  });

  it('keeps what a class contributes whole', async () => {
    class Doubler implements SamplerContribution {
      readonly name = 'Doubler';
      readonly kind = 'sigma';
      readonly #factor = 2;
      sample(run: Parameters<SamplerContribution['sample']>[0]) {
        return Promise.resolve(run.latent.scale(this.#factor));
      }
    }
    const run = { latent: new Latent([1, 2], [1, 1, 1, 2]) } as Parameters<SamplerContribution['sample']>[0];
    const latent = await registryOf({ 'a.one': [new Doubler()] })
      .get('sampler', 'Doubler')
      ?.sample(run);
    expect(latent?.at(1)).toBe(4);
  });
});
