import type { SamplerContribution } from '@armature/sdk';

/** How many steps a sampler is expected to report. DPM adaptive may take more or fewer. */
export const stepCount = (sampler: SamplerContribution, sigmas: readonly number[]): number =>
  sampler.stepCount?.(sigmas) ?? sigmas.length - 1;
