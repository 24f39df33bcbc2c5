import type { ImageScope, Infotext, Raster } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { withChannels } from '../../image/index.js';
import type { Batch } from '../../jobs/index.js';
import type { Description } from '../describe/described-field.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { assertUnharmed } from './assert-unharmed.js';
import type { Composited } from './composited.js';
import { generated } from './generated.js';
import { imageScope } from './image-scope.js';
import { savePicture } from './save-picture.js';
import { writtenInfotext } from './written-infotext.js';

/** A batch after decoding. */
export interface DecodedBatch {
  readonly rasters: readonly Raster[];
  /** The generation parameters of a picture; `index` counts within the job. */
  readonly describe: (index: number) => Promise<Description>;
  /** Its sampling was stopped: the pictures are given back, not saved. */
  readonly incomplete: boolean;
  /** Between `image.each` and `image.composite`; `offset` counts within the batch. */
  readonly composite?: ((picture: Raster, offset: number, scope: ImageScope) => Promise<Composited>) | undefined;
}

/**
 * Pictures → finished pictures, one after the other: hooks, infotext, saving; each is followed by its masks, where settings
 * ask for them. A cancelled job keeps those that are finished.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED, JOB_CANCELLED
 */
export async function* finish(engine: Engine, run: Run, batch: Batch, decoded: DecodedBatch): AsyncGenerator<GeneratedImage> {
  run.job.progress.stage('finish');
  const pictures = await engine.generation.hooks.image.batch.transform(decoded.rasters, run.model.scope);
  for (const [position, picture] of pictures.entries()) {
    // What `image.batch` adds counts to the batch's last picture.
    const offset = Math.min(position, batch.size - 1);
    const scope = imageScope(run, batch.first + offset);
    const composited = await composite(engine, { picture, offset, scope, composite: decoded.composite });
    const description = await decoded.describe(scope.index);
    const infotext = await writtenInfotext(engine, run.job, description.infotext, scope);
    assertUnharmed(engine, run.job);
    const finished = { ...composited, infotext, scope, description };
    yield* decoded.incomplete ? unsavedPicture(finished) : savedPictures(engine, run, finished);
  }
}

interface DecodedPicture {
  readonly picture: Raster;
  readonly offset: number;
  readonly scope: ImageScope;
  readonly composite: DecodedBatch['composite'];
}

async function composite(engine: Engine, { picture, offset, scope, composite }: DecodedPicture): Promise<Composited> {
  const { image: hooks } = engine.generation.hooks;
  const image = await hooks.each.transform(picture, scope);
  const composited = composite ? await composite(image, offset, scope) : { image };
  return { ...composited, image: await hooks.composite.transform(composited.image, scope) };
}

type FinishedPicture = Composited & {
  readonly infotext: Infotext;
  readonly scope: ImageScope;
  readonly description: Description;
};

function* unsavedPicture({ image, infotext, scope, description }: FinishedPicture): Generator<GeneratedImage> {
  yield generated({ kind: 'picture', image, infotext, path: undefined }, scope, description);
}

/** The picture, then its masks; what only settings ask to be saved is not among the results. */
async function* savedPictures(engine: Engine, run: Run, picture: FinishedPicture): AsyncGenerator<GeneratedImage> {
  const { image, before, mask, maskComposite, infotext, scope, description } = picture;
  const { settings } = run.job;
  if (before && settings.save_images_before_color_correction) {
    await savePicture(engine, run, { kind: 'picture', image: before, infotext, scope, suffix: '-before-color-correction' });
  }
  yield generated(await savePicture(engine, run, { kind: 'picture', image, infotext, scope }), scope, description);
  const extras = [
    { kind: 'mask', image: mask, saves: settings.save_mask, returns: settings.return_mask },
    { kind: 'mask-composite', image: maskComposite, saves: settings.save_mask_composite, returns: settings.return_mask_composite },
  ] as const;
  for (const { kind, image, saves, returns } of extras) {
    if (!image || !(saves || returns)) continue;
    const finished = { kind, image: kind === 'mask' ? await withChannels(image, 3) : image, infotext, scope, suffix: `-${kind}` };
    const saved = saves ? await savePicture(engine, run, finished) : { ...finished, path: undefined };
    if (returns) yield generated(saved, scope, description);
  }
}
