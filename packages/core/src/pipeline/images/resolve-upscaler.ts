import type { UpscalerContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Generation } from '../../generation/index.js';
import { listUpscalers } from './list-upscalers.js';

/**
 * The upscaler of a name or id. `others`: names that mean something else, for the message.
 * @throws HostError UPSCALER_UNKNOWN naming those there are, EXT_CONTRIBUTION_THREW
 */
export async function resolveUpscaler(
  registry: Generation['registry'],
  name: string,
  others: readonly string[] = [],
): Promise<UpscalerContribution> {
  const fixed = registry.get('upscaler', name);
  if (fixed) return fixed;
  const all = await listUpscalers(registry);
  const found = all.find(({ id, value }) => value.name === name || id === name);
  if (found) return found.value;
  throw new HostError('UPSCALER_UNKNOWN', { name, known: [...others, ...all.map(({ value }) => value.name)].join(', ') });
}
