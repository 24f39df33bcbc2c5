import type { Latent } from '@armature/sdk';
import type { Batch } from '../../jobs/index.js';
import { assertStrict } from '../assert-strict.js';
import type { DescribedRun } from '../describe/described-batch.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { type SampleStart, sample } from './sample.js';

/** A run of one batch that was made: its latent, and what its parameters tell. */
export interface DenoisedRun extends DescribedRun {
  readonly latent: Latent;
}

/** One run of one batch: encodePrompts → sample. */
export async function denoise(engine: Engine, run: Run, batch: Batch, start?: SampleStart): Promise<DenoisedRun> {
  const { job, encoder } = run;
  engine.running.add(run);
  job.progress.stage('prompt');
  const conditioning = await job.clock.time('prompt', () => encoder.encode(batch));
  assertStrict(engine, job);
  const sampled = await job.clock.time('sample', () => sample(engine, run, batch, conditioning, start));
  assertStrict(engine, job);
  return { run, conditioning, ...sampled };
}
