import { HostError } from '@armature/sdk/host';
import { type FitImageOptions, upscaleWith } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';

/** How `fitImage` enlarges with the upscaler of that name; no name: by resampling. `others`: names that mean something else. */
export type Enlarge = FitImageOptions['upscale'];

/** @throws HostError UPSCALER_UNKNOWN naming those there are */
export function findUpscaler(engine: Engine, { job }: Run, name: string, others: readonly string[] = []): Enlarge {
  if (name === '') return undefined;
  const { registry } = engine.generation;
  const upscaler = registry.get('upscaler', name);
  if (upscaler) return upscaleWith(upscaler, { signal: job.info.signal });
  const known = [...others, ...registry.list('upscaler').map((entry) => entry.value.name)].join(', ');
  throw new HostError('UPSCALER_UNKNOWN', { name, known });
}
