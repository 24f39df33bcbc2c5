import { extname } from 'node:path';
import type { ImageScope, Infotext, Raster, SaveRequest } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { encodePicture, formatInfotext, replaceFile, saveImage } from '../../image/index.js';
import type { Job } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { assertUnharmed } from './assert-unharmed.js';
import { picturePath } from './picture-path.js';
import { noteSkipped } from './written-infotext.js';

/** What is written to disk. */
export type SavedKind = Exclude<GeneratedImage['kind'], 'extra'>;

export interface PictureToSave {
  readonly kind: SavedKind;
  readonly image: Raster;
  readonly infotext: Infotext;
  readonly scope: ImageScope;
  /** Behind the file name: `-mask`. */
  readonly suffix?: string;
}

/** A picture as `image.saving` left it. */
export interface SavedPicture {
  readonly kind: SavedKind;
  readonly image: Raster;
  readonly infotext: Infotext;
  /** Absolute path; undefined where the job saves nothing. */
  readonly path: string | undefined;
}

/**
 * Saves a picture below the job's folder, if it has one, and its parameters beside it where settings ask for that.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, STYLES_INVALID, JOB_FAULTED, JOB_CANCELLED
 */
export async function savePicture(engine: Engine, run: Run, picture: PictureToSave): Promise<SavedPicture> {
  const { job } = run;
  const { kind, image, infotext, suffix = '' } = picture;
  if (job.out === undefined) return { kind, image, infotext, path: undefined };
  const { image: hooks } = engine.generation.hooks;
  const scope = Object.freeze({ ...picture.scope, kind });
  const request = await hooks.saving.transform({ path: await picturePath(engine, run, { ...picture, suffix }), image, infotext }, scope);
  if (hooks.saving.tapped) assertUnharmed(engine, job);
  const written = noteSkipped(engine, job, request.infotext);
  const path = await write(job, job.out, { ...request, infotext: written, kind });
  await hooks.saved.observe({ path, image: request.image }, scope);
  return { kind, image: request.image, infotext: written, path };
}

type Writing = SaveRequest & { readonly kind: SavedKind };

async function write({ settings, onSaving }: Job, folder: string, { kind, path: name, image, infotext }: Writing): Promise<string> {
  const isGrid = kind === 'grid';
  const parameters = formatInfotext(infotext);
  const { bytes, extension } = await encodePicture(image, {
    format: isGrid ? settings.grid_format : settings.samples_format,
    quality: settings.jpeg_quality,
    lossless: settings.webp_lossless,
    parameters: settings.enable_pnginfo ? parameters : undefined,
  });
  const number = isGrid ? 'after' : settings.save_images_add_number ? 'before' : 'none';
  const taken = settings.save_images_replace_action === 'Replace' ? 'replace' : 'suffix';
  const path = await saveImage({ folder, name, extension, bytes, number, taken, onSaving });
  if (settings.save_txt) await replaceFile(`${path.slice(0, -extname(path).length)}.txt`, Buffer.from(`${parameters}\n`), onSaving);
  return path;
}
