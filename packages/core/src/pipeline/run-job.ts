import { isHostError, type JobOutcome } from '@armature/sdk';
import type { GenerationResult, RequestInput } from '../api/index.js';
import type { Job, OpenedJob } from '../jobs/index.js';
import { admit } from './admit/admit.js';
import { type JobOptions, openJob } from './admit/open-job.js';
import { assertStrict } from './assert-strict.js';
import type { Engine } from './engine.js';
import { generate, type Made } from './generate.js';

/** A request's whole life: opened, admitted, its turn awaited, its pictures made, closed and reported. */
export async function runJob(engine: Engine, request: RequestInput, options: JobOptions): Promise<GenerationResult> {
  const opened = await openJob(engine, request, options);
  const made: Made = { images: [], facts: undefined, answer: undefined };
  let outcome: JobOutcome['status'] = 'failed';
  try {
    const job = await admit(engine, opened);
    await takeTurn(engine, job, made);
    made.answer = await answer(engine, job, report(engine, job, made, 'done'), options);
    outcome = 'done';
  } catch (error) {
    if (!isCancellation(error) || !options.signal.aborted) throw error;
    outcome = 'cancelled';
  } finally {
    await close(engine, opened, outcome);
  }
  return report(engine, opened, made, outcome);
}

async function takeTurn(engine: Engine, job: Job, made: Made): Promise<void> {
  job.progress.stage('queued');
  const queued = performance.now();
  await engine.turn(async () => {
    job.clock.add('queued', (performance.now() - queued) / 1000);
    await job.onStart?.();
    await generate(engine, job, made);
  }, job.info.signal);
}

/** What a client will get, with the last word of `api.response`. @throws HostError JOB_FAULTED */
async function answer(engine: Engine, job: Job, result: GenerationResult, options: JobOptions): Promise<GenerationResult['answer']> {
  const body = await options.answer?.(result);
  const { response: hook } = engine.generation.hooks.api;
  if (!body || !hook.tapped) return body;
  const answered = await hook.transform({ body }, job.scope);
  assertStrict(engine, job);
  return answered.body;
}

const isCancellation = (error: unknown): boolean => isHostError(error) && error.code === 'JOB_CANCELLED';

/** Always runs, and never hides how the job ended: `job.done` speaks, kept tensors are freed. */
async function close(engine: Engine, job: OpenedJob, status: JobOutcome['status']): Promise<void> {
  const { hooks } = engine.generation;
  const { faults } = hooks.ledgerOf(job.info);
  const milliseconds = (job.clock.report().total ?? 0) * 1000;
  await hooks.job.done.observe({ status, faults, milliseconds }, job.scope);
  engine.generation.settle(job.info);
  await engine.runtime.releaseOwner(job.info.id);
}

function report(
  engine: Engine,
  job: OpenedJob,
  { images, facts, answer }: Made,
  status: Exclude<JobOutcome['status'], 'failed'>,
): GenerationResult {
  const ledger = engine.generation.hooks.ledgerOf(job.info);
  return Object.freeze({
    job: job.info.id,
    status,
    images: Object.freeze([...images]),
    facts,
    answer,
    faults: ledger.faults,
    timings: ledger.timings,
    seconds: job.clock.report(),
  });
}
