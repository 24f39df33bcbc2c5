import type { Batch } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import { activateTags, liftTags } from '../prompts/activate-tags.js';
import type { BatchConditioning } from '../prompts/batch-conditioning.js';
import { type DenoisedRun, denoise } from '../sampling/denoise.js';
import type { HiresRun } from './prepare-hires.js';
import { saveFirstRun } from './save-first-run.js';
import { startHires } from './start-hires.js';

/** The second run of a batch, from what the first has made (`sample_hr_pass`). */
export async function runHires(
  engine: Engine,
  hires: HiresRun,
  batch: Batch,
  first: DenoisedRun,
  encoded: BatchConditioning | undefined,
): Promise<DenoisedRun> {
  const { run } = hires;
  const { job } = run;
  const tags = { first: liftTags(job.prompts).tags, hires: liftTags(job.hiresPrompts ?? job.prompts).tags };
  const others = JSON.stringify(tags.first) !== JSON.stringify(tags.hires);
  job.progress.stage('encode');
  const { start, before } = await job.clock.time('encode', () => startHires(run, first, hires.size, hires.upscaler));
  if (job.settings.save_images_before_highres_fix) await saveFirstRun(engine, first, batch, before);
  if (others) await activateTags(engine, job, tags.hires);
  const made = await denoise(engine, run, batch, start, encoded);
  if (others) await activateTags(engine, job, tags.first);
  return made;
}
