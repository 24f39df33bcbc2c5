import { isHostError, type JobOutcome } from '@armature/sdk';
import type { ExtensionTiming, GenerationResult, RequestInput } from '../api/index.js';
import type { OpenedJob } from '../jobs/index.js';
import { admit, refuseRejected } from './admit/admit.js';
import { type JobOptions, openJob } from './admit/open-job.js';
import { assertStrict } from './assert-strict.js';
import type { Engine } from './engine.js';
import { generate, type Made } from './generate.js';
import { runScript } from './scripts/run-script.js';
import type { RunInner } from './scripts/script-jobs.js';

/** A request's whole life: opened, admitted, its turn awaited, its pictures made, closed and reported. */
export async function runJob(engine: Engine, request: RequestInput, options: JobOptions): Promise<GenerationResult> {
  return (await runWhole(engine, request, options)).result;
}

/** The jobs inside a script's job do not wait for their turn: it is theirs. */
const runInner =
  (engine: Engine): RunInner =>
  (request, options) =>
    runWhole({ ...engine, turn: (work) => work() }, request, options);

async function runWhole(engine: Engine, request: RequestInput, options: JobOptions): ReturnType<RunInner> {
  const opened = await openJob(engine, request, options);
  const made: Made = { images: [], facts: undefined, answer: undefined, run: undefined, faults: [], timings: [] };
  let outcome: JobOutcome['status'] = 'failed';
  try {
    await make(engine, opened, made);
    made.answer = await answer(engine, opened, report(engine, opened, made, 'done'), options);
    outcome = 'done';
  } catch (error) {
    if (!isCancellation(error) || !options.signal.aborted) throw error;
    outcome = 'cancelled';
  } finally {
    await close(engine, opened, outcome);
  }
  return { result: report(engine, opened, made, outcome), run: made.run };
}

async function make(engine: Engine, opened: OpenedJob, made: Made): Promise<void> {
  const { script } = opened;
  if (script) {
    await refuseRejected(engine, opened);
    return takeTurn(engine, opened, () => runScript(engine, opened, { script, made, runInner: runInner(engine) }));
  }
  const job = await admit(engine, opened);
  await takeTurn(engine, job, () => generate(engine, job, made));
}

async function takeTurn(engine: Engine, job: OpenedJob, work: () => Promise<void>): Promise<void> {
  job.progress.stage('queued');
  const queued = performance.now();
  await engine.turn(async () => {
    job.clock.add('queued', (performance.now() - queued) / 1000);
    await job.onStart?.();
    await work();
  }, job.info.signal);
}

/** What a client will get, with the last word of `api.response`. @throws HostError JOB_FAULTED */
async function answer(engine: Engine, job: OpenedJob, result: GenerationResult, options: JobOptions): Promise<GenerationResult['answer']> {
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
  { images, facts, answer, faults, timings }: Made,
  status: Exclude<JobOutcome['status'], 'failed'>,
): GenerationResult {
  const ledger = engine.generation.hooks.ledgerOf(job.info);
  return Object.freeze({
    job: job.info.id,
    status,
    images: Object.freeze([...images]),
    facts,
    answer,
    faults: faults.length === 0 ? ledger.faults : Object.freeze([...ledger.faults, ...faults]),
    timings: timings.length === 0 ? ledger.timings : summed([...ledger.timings, ...timings]),
    seconds: job.clock.report(),
  });
}

/** One row for each extension and hook. */
function summed(timings: readonly ExtensionTiming[]): readonly ExtensionTiming[] {
  const rows = new Map<string, ExtensionTiming>();
  for (const timing of timings) {
    const key = `${timing.extension} ${timing.hook}`;
    const { calls = 0, milliseconds = 0 } = rows.get(key) ?? {};
    rows.set(key, { ...timing, calls: timing.calls + calls, milliseconds: timing.milliseconds + milliseconds });
  }
  return Object.freeze([...rows.values()]);
}
