import { coreOwner, type Generation, type RegistryEntry } from '../../generation/index.js';

/**
 * Every upscaler there is now: the engine's own, then those of extensions by name, with what their sources find.
 * @throws HostError EXT_CONTRIBUTION_THREW
 */
export async function listUpscalers(registry: Generation['registry']): Promise<readonly RegistryEntry<'upscaler'>[]> {
  const fixed = registry.list('upscaler');
  const found = await Promise.all(
    registry
      .list('upscalerSource')
      .map(async ({ owner, value: source }) =>
        (await source.list()).map((value) => ({ kind: 'upscaler', id: `${owner}/${value.name}`, owner, value }) as const),
      ),
  );
  const theirs = [...fixed.filter(({ owner }) => owner !== coreOwner), ...found.flat()];
  const byName = (a: RegistryEntry<'upscaler'>, b: RegistryEntry<'upscaler'>): number =>
    a.value.name.toLowerCase().localeCompare(b.value.name.toLowerCase(), 'en');
  return [...fixed.filter(({ owner }) => owner === coreOwner), ...theirs.sort(byName)];
}
