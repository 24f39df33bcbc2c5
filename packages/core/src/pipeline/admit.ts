import { HostError, type PromptText } from '@armature/sdk';
import type { Job, OpenedJob } from '../jobs/index.js';
import { fixSeed, jobSeeds } from '../sampling/index.js';
import type { Engine } from './engine.js';

/** Opened job → admitted job: extensions may turn it away and write its prompts; seeds are drawn. @throws HostError JOB_REJECTED */
export async function admit(engine: Engine, job: OpenedJob): Promise<Job> {
  await refuseRejected(engine, job);
  const { request } = job.info;
  const count = request.batchSize * request.iterations;
  const seed = fixSeed(request.seed);
  const subseed = fixSeed(request.subseed);
  return Object.freeze({
    ...job,
    ...jobSeeds({ seed, subseed, subseedStrength: request.subseedStrength, count }),
    prompts: await readPrompts(engine, job, count),
  });
}

async function refuseRejected(engine: Engine, { info, scope }: OpenedJob): Promise<void> {
  const { hooks } = engine.generation;
  const answer = await hooks.job.admit.first(info, scope);
  if (answer) throw new HostError('JOB_REJECTED', { extension: hooks.ledgerOf(info).answeredBy, reason: answer.reject });
}

async function readPrompts(engine: Engine, { info, scope }: OpenedJob, count: number): Promise<readonly PromptText[]> {
  const hook = engine.generation.hooks.prompt.text;
  const { prompt, negativePrompt } = info.request;
  const text: PromptText = Object.freeze({ prompt, negativePrompt });
  const texts: PromptText[] = [];
  for (let index = 0; index < count; index++) texts.push(hook.tapped ? await hook.transform(text, { ...scope, index }) : text);
  return Object.freeze(texts);
}
