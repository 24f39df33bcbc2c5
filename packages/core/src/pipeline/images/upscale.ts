import { type FitImageOptions, upscaleWith } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { resolveUpscaler } from './resolve-upscaler.js';

/** How `fitImage` enlarges with the upscaler of that name; no name: by resampling. `others`: names that mean something else. */
export type Enlarge = FitImageOptions['upscale'];

/** @throws HostError UPSCALER_UNKNOWN naming those there are, EXT_CONTRIBUTION_THREW */
export async function findUpscaler(engine: Engine, { job }: Run, name: string, others: readonly string[] = []): Promise<Enlarge> {
  if (name === '') return undefined;
  const upscaler = await resolveUpscaler(engine.generation.registry, name, others);
  return upscaleWith(upscaler, { signal: job.info.signal, settings: job.settings });
}
