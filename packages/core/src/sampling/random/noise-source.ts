import type { NoiseGenerator } from './noise-generator.js';
import { PhiloxGenerator } from './philox-generator.js';
import { TorchGenerator } from './torch-generator.js';

/** The webui's `randn_source`. On a machine without CUDA the reference draws `GPU` noise on the CPU, and so does this host. */
export type NoiseSource = 'GPU' | 'CPU' | 'NV';

/** A fresh generator of the source. Seeds wrap as in the reference: 32 bits for CPU, 64 bits for NV. */
export function createGenerator(source: NoiseSource, seed: number | bigint): NoiseGenerator {
  return source === 'NV' ? new PhiloxGenerator(seed) : new TorchGenerator(seed);
}
