import { type DenoiserFeeds, HostError, isTensor } from '@armature/sdk';
import type { ReadyUnit } from './ready-unit.js';

/**
 * What a network gave are numbers, as its `mean` tells. A network that was shown none is not to blame.
 * @throws HostError CONTROL_NAN
 */
export function assertNumbers({ index, path }: ReadyUnit, mean: unknown, { latent }: DenoiserFeeds): void {
  const healthy = isTensor(mean) && mean.toFloat32Array().every(Number.isFinite);
  if (!healthy && latent.toFloat32Array().every(Number.isFinite)) throw new HostError('CONTROL_NAN', { unit: index, path });
}
