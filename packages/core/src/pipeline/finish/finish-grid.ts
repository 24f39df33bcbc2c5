import type { Raster } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { composeGrid, gridLayout, parseInfotext } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { generated } from './finish.js';
import { imageScope } from './image-scope.js';
import { savePicture } from './save-picture.js';

/**
 * All results of a job in one picture, where the job saves (as in the reference, whose API makes no grid otherwise) and its
 * settings ask for one. It is saved by `grid_save` and given back, to stand first, by `return_grid`.
 * @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED, JOB_CANCELLED
 */
export async function finishGrid(engine: Engine, run: Run, results: readonly GeneratedImage[]): Promise<GeneratedImage | undefined> {
  const { job, model } = run;
  const { settings } = job;
  const [first] = results;
  const wanted = job.out !== undefined && (settings.return_grid || settings.grid_save);
  if (!wanted || !first || (results.length < 2 && settings.grid_only_if_multiple)) return undefined;
  const images = results.map(({ image }) => image);
  const options = { rows: settings.n_rows, batchSize: job.info.request.batchSize, preventEmptySpots: settings.grid_prevent_empty_spots };
  const layout = await engine.generation.hooks.image.grid.transform(gridLayout(images.length, options), model.scope);
  const image: Raster = await composeGrid(images, { layout, background: rgbOf(settings.grid_background_color) });
  const scope = imageScope(run, 0);
  const grid = { kind: 'grid', image, infotext: parseInfotext(first.infotext), scope } as const;
  const saved = settings.grid_save ? await savePicture(engine, run, grid) : { ...grid, path: undefined };
  return settings.return_grid ? generated(saved, scope) : undefined;
}

/** `#rrggbb` → 0…255 each. */
const rgbOf = (colour: string): [number, number, number] => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};
