import type { GridLayout, Infotext, Raster } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { composeGrid, formatInfotext, gridLayout, parseInfotext } from '../../image/index.js';
import type { Job } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { assertUnharmed } from './assert-unharmed.js';
import { generated } from './generated.js';
import { imageScope } from './image-scope.js';
import { savePicture } from './save-picture.js';

/** The reference's `img_max_size_mp`: a larger grid is not made. */
const mostPixels = 200_000_000;

/**
 * All results of a job in one picture, where the job saves (as in the reference, whose API makes no grid otherwise) and its
 * settings ask for one. It is saved by `grid_save` and given back, to stand first, by `return_grid`; its parameters are
 * those of the first picture. A cancelled job has a grid of what was finished, unless an extension would have to be asked.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED, JOB_CANCELLED
 */
export async function finishGrid(engine: Engine, run: Run, results: readonly GeneratedImage[]): Promise<GeneratedImage | undefined> {
  const { job } = run;
  const { image: hooks } = engine.generation.hooks;
  const [first] = results;
  if (!first || !wantsGrid(job, results.length)) return undefined;
  if (job.info.signal.aborted && (hooks.grid.tapped || hooks.saving.tapped)) return undefined;
  const image = await composeResults(
    engine,
    run,
    results.map((result) => result.image),
  );
  if (!image) return undefined;
  const scope = imageScope(run, 0);
  const grid = { kind: 'grid', image, infotext: infotextOf(first), scope } as const;
  const saved = job.settings.grid_save ? await savePicture(engine, run, grid) : { ...grid, path: undefined };
  return job.settings.return_grid ? generated(saved, scope, { infotext: grid.infotext, values: first.parameters }) : undefined;
}

const wantsGrid = ({ out, settings }: Job, count: number): boolean =>
  out !== undefined && (settings.return_grid || settings.grid_save) && (count > 1 || !settings.grid_only_if_multiple);

/** A prompt may itself look like parameters: then reading its text again would not give the same. */
function infotextOf({ infotext, prompt, negativePrompt }: GeneratedImage): Infotext {
  const read = parseInfotext(infotext);
  return formatInfotext(read) === infotext ? read : { ...read, prompt, negativePrompt };
}

async function composeResults(engine: Engine, run: Run, images: readonly Raster[]): Promise<Raster | undefined> {
  const { settings, info } = run.job;
  const { grid: hook } = engine.generation.hooks.image;
  const options = { rows: settings.n_rows, batchSize: info.request.batchSize, preventEmptySpots: settings.grid_prevent_empty_spots };
  const scope = Object.freeze({ ...run.model.scope, images: Object.freeze([...images]) });
  const layout = await hook.transform(gridLayout(images.length, options), scope);
  if (hook.tapped) assertUnharmed(engine, run.job);
  const megapixels = Math.ceil(pixelsOfGrid(images, layout) / 1e6);
  if (megapixels * 1e6 <= mostPixels) return composeGrid(images, { layout, background: rgbOf(settings.grid_background_color) });
  engine.log.warn(`no grid was made: with ${megapixels} megapixels it would be larger than ${mostPixels / 1e6}`);
  return undefined;
}

const pixelsOfGrid = (images: readonly Raster[], { rows, columns }: GridLayout): number =>
  images.reduce((most, { width }) => Math.max(most, width), 0) *
  columns *
  images.reduce((most, { height }) => Math.max(most, height), 0) *
  rows;

/** `#rrggbb` → 0…255 each. */
const rgbOf = (colour: string): [number, number, number] => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};
