import type { HiresRequest, PromptText } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Job, OpenedJob } from '../../jobs/index.js';
import { fixSeed, jobSeeds } from '../../sampling/index.js';
import type { Engine } from '../engine.js';
import { readPrompts } from './read-prompts.js';

/**
 * Opened job → admitted job: extensions may turn it away and write its prompts; seeds are drawn.
 * @throws HostError JOB_REJECTED, REQUEST_INVALID, STYLES_INVALID, PROMPT_INVALID
 */
export async function admit(engine: Engine, job: OpenedJob): Promise<Job> {
  await refuseRejected(engine, job);
  const { request } = job.info;
  const count = request.batchSize * request.iterations;
  const seed = fixSeed(request.seed);
  const subseed = fixSeed(request.subseed);
  const drawn = jobSeeds({ seed, subseed, subseedStrength: request.subseedStrength, count });
  return Object.freeze({
    ...job,
    ...drawn,
    prompts: await readPrompts(engine, job, drawn.seeds, { prompt: request.prompt, negativePrompt: request.negativePrompt }),
    hiresPrompts: request.hires && (await readHiresPrompts(engine, job, drawn.seeds, request.hires)),
  });
}

/** Texts of the second run; an empty one is that of the first. */
function readHiresPrompts(
  engine: Engine,
  job: OpenedJob,
  seeds: readonly number[],
  { prompt, negativePrompt }: HiresRequest,
): Promise<readonly PromptText[]> {
  const { request } = job.info;
  return readPrompts(engine, job, seeds, { prompt: prompt || request.prompt, negativePrompt: negativePrompt || request.negativePrompt });
}

/** @throws HostError JOB_REJECTED */
export async function refuseRejected(engine: Engine, { info, scope }: OpenedJob): Promise<void> {
  const { hooks } = engine.generation;
  const answer = await hooks.job.admit.first(info, scope);
  if (answer?.field !== undefined)
    throw new HostError('REQUEST_INVALID', { field: answer.field, problem: answer.reject, seen: answer.seen ?? '' });
  if (answer) throw new HostError('JOB_REJECTED', { extension: hooks.ledgerOf(info).answeredBy, reason: answer.reject });
}
