import type { Latent } from '@armature/sdk';
import type { Batch } from '../../jobs/index.js';
import { assertStrict } from '../assert-strict.js';
import type { DescribedRun } from '../describe/described-batch.js';
import type { Engine } from '../engine.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import { encodeBatch } from '../prompts/encode-batch.js';
import type { Run } from '../run.js';
import { type SampleStart, sample } from './sample.js';

/** A run of one batch that was made: its latent, and what its parameters tell. */
export interface DenoisedRun extends DescribedRun {
  readonly latent: Latent;
  /** It was left before its last step. */
  readonly stopped: boolean;
}

/** One run of one batch: encodeBatch → sample. `encoded`: its prompts, where they were encoded before. */
export async function denoise(
  engine: Engine,
  run: Run,
  batch: Batch,
  start?: SampleStart,
  encoded?: BatchConditioning,
): Promise<DenoisedRun> {
  const { job } = run;
  engine.running.add(run);
  const conditioning = encoded ?? (await encodeBatch(engine, run, batch));
  const sampled = await job.clock.time('sample', () => sample(engine, run, batch, conditioning, start));
  assertStrict(engine, job);
  return { run, conditioning, ...sampled };
}
