import type { GenerationFacts, NamedWeights } from '../../api/index.js';
import type { Run } from '../run.js';

/** What the first run of a job says of all its pictures. Hashes are waited for, or taken as far as they are known. */
export async function factsOf({ job, model, sampling, size }: Run, hashes: 'awaited' | 'known' = 'awaited'): Promise<GenerationFacts> {
  const named = async (name: string, hash: Promise<string | undefined>): Promise<NamedWeights> =>
    Object.freeze({ name, hash: hashes === 'awaited' ? await hash : await Promise.race([hash, undefined]) });
  return Object.freeze({
    prompts: job.prompts,
    seeds: job.seeds,
    subseeds: job.subseeds,
    ...size,
    sampler: sampling.sampler.name,
    scheduler: sampling.plan.scheduler,
    model: await named(model.info.name, model.hash),
    vae: model.vae && (await named(model.vae.name, model.vae.hash)),
    inpainting: model.inputs === 'inpainting',
    settings: job.settings,
    started: job.started,
  });
}
