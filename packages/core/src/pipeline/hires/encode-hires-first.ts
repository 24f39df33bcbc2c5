import type { Batch } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import { encodeBatch } from '../prompts/encode-batch.js';
import type { HiresRun } from './prepare-hires.js';

/**
 * Where settings want it, the prompts of the second run encoded before the first, with what the tags of the first have
 * activated; not for another checkpoint, as in the reference.
 */
export async function encodeHiresFirst(engine: Engine, { run }: HiresRun, batch: Batch): Promise<BatchConditioning | undefined> {
  const { settings, info } = run.job;
  if (!settings.hires_fix_use_firstpass_conds || info.request.hires?.model) return undefined;
  engine.running.add(run);
  return encodeBatch(engine, run, batch);
}
