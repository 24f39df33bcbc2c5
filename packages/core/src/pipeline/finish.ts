import type { ImageScope, Infotext, Raster } from '@armature/sdk';
import type { GeneratedImage } from '../api/index.js';
import { encodePng, formatInfotext, saveImage } from '../image/index.js';
import type { Batch } from '../jobs/index.js';
import { addFields } from './add-fields.js';
import { describeImage } from './describe-image.js';
import type { Engine } from './engine.js';
import { writeExtensionFields } from './parse-extension-args.js';
import type { Run } from './run.js';

/** Pictures → finished pictures: hooks, infotext, saving. @throws HostError OUTPUT_UNWRITABLE */
export async function finish(engine: Engine, run: Run, batch: Batch, rasters: readonly Raster[]): Promise<readonly GeneratedImage[]> {
  const { job, model } = run;
  job.progress.stage('finish');
  const { hooks } = engine.generation;
  const pictures = await hooks.image.batch.transform(rasters, model.scope);
  const finished: GeneratedImage[] = [];
  for (const [offset, picture] of pictures.entries()) {
    const index = Math.min(batch.first + offset, job.seeds.length - 1);
    finished.push(await finishImage(engine, run, index, picture));
  }
  return finished;
}

async function finishImage(engine: Engine, run: Run, index: number, picture: Raster): Promise<GeneratedImage> {
  const { job } = run;
  const { image: hooks } = engine.generation.hooks;
  const scope = imageScope(run, index);
  const image = await hooks.composite.transform(await hooks.each.transform(picture, scope), scope);
  const described = writeExtensionFields(engine.generation, job, await describeImage(run, index, engine.version));
  const infotext = await hooks.infotext.transform(described, scope);
  const withFaults = noteSkipped(engine, run, infotext);
  const saved = job.out === undefined ? undefined : await save(engine, run, job.out, image, withFaults, scope);
  return Object.freeze({
    image: saved?.image ?? image,
    infotext: formatInfotext(withFaults),
    seed: scope.seed,
    subseed: scope.subseed,
    prompt: scope.prompt,
    negativePrompt: scope.negativePrompt,
    path: saved?.path,
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

/** A picture never hides that an extension was left out. */
function noteSkipped(engine: Engine, run: Run, infotext: Infotext): Infotext {
  const { faults } = engine.generation.hooks.ledgerOf(run.job.info);
  if (faults.length === 0) return infotext;
  const names = [...new Set(faults.map((fault) => `${fault.extension} (${fault.hook})`))];
  return addFields(infotext, [['Skipped', names.join(' ')]]);
}

async function save(
  engine: Engine,
  { job }: Run,
  out: string,
  image: Raster,
  infotext: Infotext,
  scope: ImageScope,
): Promise<{ image: Raster; path: string }> {
  const { image: hooks } = engine.generation.hooks;
  const day = job.settings.save_to_dirs ? `${localDate(new Date())}/` : '';
  const request = await hooks.saving.transform({ path: `txt2img-images/${day}${scope.seed}`, image, infotext }, scope);
  const text: Record<string, string> = job.settings.enable_pnginfo ? { parameters: formatInfotext(request.infotext) } : {};
  const path = await saveImage({ folder: out, name: request.path, extension: 'png', bytes: await encodePng(request.image, text) });
  await hooks.saved.observe({ path, image: request.image }, scope);
  return { image: request.image, path };
}

/** `2026-01-31`, in the user's time zone as the reference writes it. */
const localDate = (now: Date): string =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
