import { HostError } from '@armature/sdk/host';
import type { JobModel } from './acquire-model.js';
import type { Engine } from '../engine.js';
import type { PictureSize } from '../run.js';

/**
 * Refuses a picture whose work would take more memory than the host has, before anything is loaded for it. `rows`: how many
 * each network in question works on at once.
 * @throws HostError RUNTIME_MEMORY
 */
export function assertFits(
  { runtime }: Engine,
  { width, height }: PictureSize,
  { detected }: JobModel,
  rows: Readonly<Record<string, number>>,
): void {
  for (const network of detected.networks) {
    const batch = rows[network.name];
    const needed = batch === undefined ? undefined : network.workingBytes?.({ width, height, batch });
    if (needed === undefined || needed <= runtime.budgetBytes) continue;
    const work = `${network.name} at ${width}×${height}`;
    throw new HostError('RUNTIME_MEMORY', { work, needed: mebibytes(needed), budget: mebibytes(runtime.budgetBytes) });
  }
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
