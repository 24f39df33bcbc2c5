import type { ImageScope, Infotext, Raster } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { cutToBytes, filenameFrom } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { filenameFacts } from './filename-facts.js';

export interface PlacedPicture {
  readonly kind: GeneratedImage['kind'];
  readonly image: Raster;
  readonly infotext: Infotext;
  readonly scope: ImageScope;
  /** Behind the file name. */
  readonly suffix: string;
}

/** Bytes of a file name without its number and extension, so that neither these nor the suffix are cut off. */
const longestName = 240;

/**
 * Folder and name of a picture below the output folder, as the reference's `save_image` makes them: the folder of its kind,
 * by settings one named after `directories_filename_pattern`, and the name after `samples_filename_pattern`. A grid is
 * called `grid`.
 */
export async function picturePath(engine: Engine, run: Run, picture: PlacedPicture): Promise<string> {
  const { kind, suffix } = picture;
  const { settings, info } = run.job;
  const isGrid = kind === 'grid';
  const inFolders = isGrid ? settings.grid_save_to_dirs : settings.save_to_dirs;
  const folder = inFolders ? settings.directories_filename_pattern || '[prompt_words]' : '';
  const name = settings.samples_filename_pattern || (inFolders ? '[seed]' : '[seed]-[prompt_spaces]');
  const basename = isGrid ? 'grid' : '';
  const facts = await filenameFacts(engine, run, { ...picture, basename, patterns: isGrid ? [folder] : [folder, name] });
  const stem = isGrid ? basename : filenameFrom(name, facts);
  const folders = filenameFrom(folder, facts).replace(/^ +|[\\/ ]+$/g, '');
  const place = `${info.request.init ? 'img2img' : 'txt2img'}-${isGrid ? 'grids' : 'images'}`;
  return [place, folders, withSuffix(stem, suffix)].filter((part, index) => index === 2 || part !== '').join('/');
}

/** Folders in the name may be long as well, but only the last part is cut here. */
function withSuffix(stem: string, suffix: string): string {
  const parts = stem.split('/');
  const last = cutToBytes(parts.at(-1) ?? '', longestName - Buffer.byteLength(suffix));
  return [...parts.slice(0, -1), `${last}${suffix}`].join('/');
}
