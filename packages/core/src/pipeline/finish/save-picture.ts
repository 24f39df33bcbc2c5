import type { ImageScope, Infotext, Raster } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { encodePng, formatInfotext, saveImage } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { assertUnharmed } from './assert-unharmed.js';
import { noteSkipped } from './written-infotext.js';

export interface PictureToSave {
  readonly kind: GeneratedImage['kind'];
  readonly image: Raster;
  readonly infotext: Infotext;
  readonly scope: ImageScope;
  /** Behind the file name: `-mask`. */
  readonly suffix?: string;
}

/** A picture as `image.saving` left it. */
export interface SavedPicture {
  readonly kind: GeneratedImage['kind'];
  readonly image: Raster;
  readonly infotext: Infotext;
  /** Absolute path; undefined where the job saves nothing. */
  readonly path: string | undefined;
}

/**
 * Saves a picture below the job's folder, if it has one.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED, JOB_CANCELLED
 */
export async function savePicture(engine: Engine, run: Run, picture: PictureToSave): Promise<SavedPicture> {
  const { job } = run;
  const { kind, image, infotext, scope, suffix = '' } = picture;
  if (job.out === undefined) return { kind, image, infotext, path: undefined };
  const { image: hooks } = engine.generation.hooks;
  const day = job.settings.save_to_dirs ? `${localDate(new Date())}/` : '';
  const request = await hooks.saving.transform({ path: `txt2img-images/${day}${scope.seed}${suffix}`, image, infotext }, scope);
  assertUnharmed(engine, job);
  const written = noteSkipped(engine, job, request.infotext);
  const text: Record<string, string> = job.settings.enable_pnginfo ? { parameters: formatInfotext(written) } : {};
  const path = await saveImage({ folder: job.out, name: request.path, extension: 'png', bytes: await encodePng(request.image, text) });
  await hooks.saved.observe({ path, image: request.image }, scope);
  return { kind, image: request.image, infotext: written, path };
}

/** `2026-01-31`, in the user's time zone as the reference writes it. */
const localDate = (now: Date): string =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
