import type { ImageScope } from '@armature/sdk';
import type { Run } from '../run.js';

/** What hooks of one picture know; `index` counts within the job. */
export function imageScope({ job, model }: Run, index: number): ImageScope {
  const text = job.prompts[index];
  return Object.freeze({
    ...model.scope,
    index,
    seed: job.seeds[index] ?? -1,
    subseed: job.subseeds[index] ?? -1,
    prompt: text?.prompt ?? '',
    negativePrompt: text?.negativePrompt ?? '',
  });
}
