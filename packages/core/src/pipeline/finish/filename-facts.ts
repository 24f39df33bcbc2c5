import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImageScope, Infotext, Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import { type FilenameFacts, mentions } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';

export interface NamedPicture {
  readonly image: Raster;
  /** Names the sampler and the schedule of the first run. */
  readonly infotext: Infotext;
  readonly scope: ImageScope;
  readonly basename: string;
  /** Patterns the name is made of: what costs time is worked out only for those that ask. */
  readonly patterns: readonly string[];
}

/** What the patterns of file names can tell of a picture. */
export async function filenameFacts(engine: Engine, run: Run, picture: NamedPicture): Promise<FilenameFacts> {
  const { image, scope, basename, patterns } = picture;
  const { fields } = picture.infotext;
  const { job, model } = run;
  const { settings } = job;
  const { request } = job.info;
  const wanted = (token: string): boolean => patterns.some((pattern) => mentions(pattern, token));
  return {
    basename,
    seed: scope.seed,
    seeds: [job.seeds[0] ?? scope.seed, job.seeds.at(-1) ?? scope.seed],
    steps: request.steps,
    cfgScale: request.cfgScale,
    width: image.width,
    height: image.height,
    styles: request.styles,
    stylePrompts: wanted('prompt_no_styles') ? await stylePrompts(engine, request.styles) : [],
    sampler: String(fields.get('Sampler') ?? request.sampler),
    scheduler: String(fields.get('Schedule type') ?? 'Automatic'),
    modelName: model.info.name,
    modelHash: wanted('model_hash') ? (await model.hash)?.slice(0, 10) : undefined,
    vaeFile: model.vae?.name,
    date: new Date(engine.clock.now()),
    started: new Date(job.started),
    prompt: scope.prompt,
    requestPrompt: request.prompt,
    requestNegativePrompt: request.negativePrompt,
    index: scope.index,
    batchSize: request.batchSize,
    iterations: request.iterations,
    clipSkip: settings.CLIP_stop_at_last_layers,
    denoisingStrength: request.init?.denoisingStrength ?? request.hires?.denoisingStrength,
    imageHash: wanted('image_hash') ? await imageHash(image) : undefined,
    promptWords: settings.directories_max_prompt_words,
  };
}

async function stylePrompts(engine: Engine, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const known = await engine.styles();
  return names.flatMap((name) => known.find((style) => style.name === name)?.prompt ?? []);
}

/** Bytes that are hashed before others have a turn: some 10 ms. */
const slice = 4_000_000;

async function imageHash(image: Raster): Promise<string> {
  const hash = createHash('sha256');
  const pixels = pixelsOf(image);
  for (let at = 0; at < pixels.length; at += slice) {
    hash.update(pixels.subarray(at, at + slice));
    await nextTurn();
  }
  return hash.digest('hex');
}
