import { HostError, type ImageScope, type Infotext, type Raster } from '@armature/sdk';
import type { GeneratedImage } from '../api/index.js';
import { encodePng, formatInfotext, saveImage } from '../image/index.js';
import type { Batch, Job } from '../jobs/index.js';
import { addFields } from './add-fields.js';
import { assertStrict } from './assert-strict.js';
import type { BatchConditioning } from './batch-conditioning.js';
import { describeImage } from './describe-image.js';
import type { Engine } from './engine.js';
import { writeExtensionFields } from './parse-extension-args.js';
import type { Run } from './run.js';

/** A batch after decoding, with what its prompts add to the parameters. */
export interface DecodedBatch {
  readonly rasters: readonly Raster[];
  readonly conditioning: BatchConditioning;
}

/**
 * Pictures → finished pictures, one after the other: hooks, infotext, saving. A cancelled job keeps those that are finished.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED, JOB_CANCELLED
 */
export async function* finish(engine: Engine, run: Run, batch: Batch, decoded: DecodedBatch): AsyncGenerator<GeneratedImage> {
  const { job, model } = run;
  job.progress.stage('finish');
  const pictures = await engine.generation.hooks.image.batch.transform(decoded.rasters, model.scope);
  for (const [offset, picture] of pictures.entries()) {
    // What `image.batch` adds counts to the batch's last picture.
    const index = batch.first + Math.min(offset, batch.size - 1);
    const described = await describeImage(run, index, engine.version, decoded.conditioning);
    yield await finishImage(engine, run, index, { picture, described });
  }
}

interface DescribedPicture {
  readonly picture: Raster;
  readonly described: Infotext;
}

async function finishImage(engine: Engine, run: Run, index: number, { picture, described }: DescribedPicture): Promise<GeneratedImage> {
  const { job } = run;
  const { image: hooks } = engine.generation.hooks;
  const scope = imageScope(run, index);
  const image = await hooks.composite.transform(await hooks.each.transform(picture, scope), scope);
  const written = writeExtensionFields(engine.generation, job, described);
  const infotext = noteSkipped(engine, job, await hooks.infotext.transform(written, scope));
  assertUnharmed(engine, job);
  const finished = { image, infotext, path: undefined };
  const saved = job.out === undefined ? finished : await save(engine, job, job.out, { ...finished, scope });
  return Object.freeze({
    image: saved.image,
    infotext: formatInfotext(saved.infotext),
    seed: scope.seed,
    subseed: scope.subseed,
    prompt: scope.prompt,
    negativePrompt: scope.negativePrompt,
    path: saved.path,
  });
}

function imageScope({ job, model }: Run, index: number): ImageScope {
  const text = job.prompts[index];
  return Object.freeze({
    ...model.scope,
    index,
    seed: job.seeds[index] ?? -1,
    subseed: job.subseeds[index] ?? -1,
    prompt: text?.prompt ?? '',
    negativePrompt: text?.negativePrompt ?? '',
  });
}

/** A tap that cancellation cut short has left its picture undone, and a strict job with a fault has none: neither is written. */
function assertUnharmed(engine: Engine, job: Job): void {
  assertStrict(engine, job);
  if (job.info.signal.aborted) throw new HostError('JOB_CANCELLED', {}, { cause: job.info.signal.reason });
}

/** A picture never hides that an extension was left out. */
function noteSkipped(engine: Engine, job: Job, infotext: Infotext): Infotext {
  const { faults } = engine.generation.hooks.ledgerOf(job.info);
  if (faults.length === 0) return infotext;
  const names = [...new Set(faults.map((fault) => `${fault.extension} (${fault.hook})`))];
  return addFields(infotext, [['Skipped', names.join(' ')]]);
}

interface FinishedPicture {
  readonly image: Raster;
  readonly infotext: Infotext;
  readonly path: string | undefined;
}

async function save(
  engine: Engine,
  job: Job,
  out: string,
  { image, infotext, scope }: FinishedPicture & { readonly scope: ImageScope },
): Promise<FinishedPicture> {
  const { image: hooks } = engine.generation.hooks;
  const day = job.settings.save_to_dirs ? `${localDate(new Date())}/` : '';
  const request = await hooks.saving.transform({ path: `txt2img-images/${day}${scope.seed}`, image, infotext }, scope);
  assertUnharmed(engine, job);
  const written = noteSkipped(engine, job, request.infotext);
  const text: Record<string, string> = job.settings.enable_pnginfo ? { parameters: formatInfotext(written) } : {};
  const path = await saveImage({ folder: out, name: request.path, extension: 'png', bytes: await encodePng(request.image, text) });
  await hooks.saved.observe({ path, image: request.image }, scope);
  return { image: request.image, infotext: written, path };
}

/** `2026-01-31`, in the user's time zone as the reference writes it. */
const localDate = (now: Date): string =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
