import { HostError } from '@armature/sdk/host';
import { type FitImageOptions, upscaleWith } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { listUpscalers } from './list-upscalers.js';

/** How `fitImage` enlarges with the upscaler of that name; no name: by resampling. `others`: names that mean something else. */
export type Enlarge = FitImageOptions['upscale'];

/** @throws HostError UPSCALER_UNKNOWN naming those there are, EXT_CONTRIBUTION_THREW */
export async function findUpscaler(engine: Engine, { job }: Run, name: string, others: readonly string[] = []): Promise<Enlarge> {
  if (name === '') return undefined;
  const { registry } = engine.generation;
  const scope = { signal: job.info.signal, settings: job.settings };
  const fixed = registry.get('upscaler', name);
  if (fixed) return upscaleWith(fixed, scope);
  const all = await listUpscalers(registry);
  const found = all.find(({ id, value }) => value.name === name || id === name);
  if (found) return upscaleWith(found.value, scope);
  throw new HostError('UPSCALER_UNKNOWN', { name, known: [...others, ...all.map(({ value }) => value.name)].join(', ') });
}
