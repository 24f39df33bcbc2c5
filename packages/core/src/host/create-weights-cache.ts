import { join } from 'node:path';
import type { Logger } from '@armature/sdk';
import type { HostConfig } from '../api/index.js';
import { WeightsCache } from '../checkpoint/index.js';

const MEBIBYTE = 2 ** 20;
/** Two checkpoints of the size of SDXL, and a few of SD 1's. */
const LIMIT = 32 * 1024;
/** Session creation folds less in a fraction of a second. */
const SMALLEST = 64;

/** The weights cache below the data folder, as the configuration has it. */
export function createWeightsCache({ weightsCache }: HostConfig, data: string, log: Logger): WeightsCache {
  const { limit = LIMIT, smallest = SMALLEST } = typeof weightsCache === 'object' ? weightsCache : {};
  return new WeightsCache({ folder: join(data, 'weights'), limitBytes: limit * MEBIBYTE, smallestBytes: smallest * MEBIBYTE, log });
}
