import type { Infotext, Raster } from '@armature/sdk';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { imageScope } from './image-scope.js';
import { savePicture } from './save-picture.js';
import { writtenInfotext } from './written-infotext.js';

export interface EarlierPicture {
  /** Index of its picture within the job. */
  readonly index: number;
  /** Behind the file name: `-before-highres-fix`. */
  readonly suffix: string;
  /** Its parameters, before extensions speak. */
  readonly infotext: Infotext;
}

/**
 * Saves a picture as it was before a later stage, where the job saves at all; it is not among the results. Whether settings
 * ask for it is the caller's to know.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED, JOB_CANCELLED
 */
export async function saveBefore(engine: Engine, run: Run, image: Raster, { index, suffix, infotext }: EarlierPicture): Promise<void> {
  if (run.job.out === undefined) return;
  const scope = imageScope(run, index);
  const written = await writtenInfotext(engine, run.job, infotext, scope);
  await savePicture(engine, run, { kind: 'picture', image, infotext: written, scope, suffix });
}
