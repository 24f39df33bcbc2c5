import { HostError } from '@armature/sdk/host';
import type { Settings } from '../../api/index.js';
import { vaeTile } from '../images/vae-tile.js';
import type { JobModel } from './acquire-model.js';
import type { Engine } from '../engine.js';
import type { PictureSize } from '../run.js';

/** Networks that can work on a picture in tiles. */
const tiled: ReadonlySet<string> = new Set(['vae-encoder', 'vae-decoder']);

export interface FitQuestion {
  readonly size: PictureSize;
  readonly settings: Settings;
  /** How many each network in question works on at once. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Refuses a picture whose work would take more memory than the host has, before anything is loaded for it.
 * @throws HostError RUNTIME_MEMORY
 */
export function assertFits({ runtime }: Engine, { detected, info }: JobModel, { size, settings, rows }: FitQuestion): void {
  const { budgetBytes } = runtime;
  for (const network of detected.networks) {
    const batch = rows[network.name];
    if (batch === undefined) continue;
    const tile = tiled.has(network.name) ? vaeTile(settings, network, size, budgetBytes) : undefined;
    const [width, height] = [Math.min(size.width, tile ?? size.width), Math.min(size.height, tile ?? size.height)];
    const needed = network.workingBytes?.({ width, height, batch });
    if (needed === undefined || needed <= budgetBytes) continue;
    const work = `${network.name} of ${info.name} at ${width}×${height}`;
    throw new HostError('RUNTIME_MEMORY', { work, needed: mebibytes(needed), budget: mebibytes(budgetBytes) });
  }
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
