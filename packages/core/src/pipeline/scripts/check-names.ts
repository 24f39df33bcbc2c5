import type { GenerationRequest } from '@armature/sdk';
import { latentUpscaleModes } from '../../sampling/index.js';
import type { Engine } from '../engine.js';
import { resolveUpscaler } from '../images/resolve-upscaler.js';
import { chooseSampler } from '../sampling/plan-sampling.js';

/**
 * Every name in a request that is looked up only once its job runs.
 * @throws HostError SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN, UPSCALER_UNKNOWN, MODEL_NOT_FOUND
 */
export async function checkNames(engine: Engine, { sampler, scheduler, hires, refiner, model }: GenerationRequest): Promise<void> {
  const { registry } = engine.generation;
  chooseSampler(registry, sampler, scheduler);
  if (hires) {
    chooseSampler(registry, hires.sampler || sampler, hires.scheduler || scheduler);
    const modes = Object.keys(latentUpscaleModes);
    if (!modes.includes(hires.upscaler)) await resolveUpscaler(registry, hires.upscaler, modes);
  }
  for (const name of [model, hires?.model, refiner?.model]) if (name) await engine.models.find(name);
}
