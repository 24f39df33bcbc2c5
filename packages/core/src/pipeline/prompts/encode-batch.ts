import type { Batch } from '../../jobs/index.js';
import { assertStrict } from '../assert-strict.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import type { BatchConditioning } from './batch-conditioning.js';

/** The prompts of one batch of a run → what it is conditioned on. @throws HostError PROMPT_INVALID, JOB_CANCELLED, JOB_FAULTED */
export async function encodeBatch(engine: Engine, { job, encoder }: Run, batch: Batch): Promise<BatchConditioning> {
  job.progress.stage('prompt');
  const conditioning = await job.clock.time('prompt', () => encoder.encode(batch));
  assertStrict(engine, job);
  return conditioning;
}
