import type { ImageScope, Infotext } from '@armature/sdk';
import type { Job } from '../../jobs/index.js';
import { addFields } from '../add-fields.js';
import type { Engine } from '../engine.js';

/** The parameters of a picture after `image.infotext`. */
export async function writtenInfotext(engine: Engine, job: Job, described: Infotext, scope: ImageScope): Promise<Infotext> {
  return noteSkipped(engine, job, await engine.generation.hooks.image.infotext.transform(described, scope));
}

/** A picture never hides that an extension was left out. */
export function noteSkipped(engine: Engine, job: Job, infotext: Infotext): Infotext {
  const { faults } = engine.generation.hooks.ledgerOf(job.info);
  if (faults.length === 0) return infotext;
  const names = [...new Set(faults.map((fault) => `${fault.extension} (${fault.hook})`))];
  return addFields(infotext, [['Skipped', names.join(' ')]]);
}
