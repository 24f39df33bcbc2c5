import type { ModelFolderContribution } from '@armature/sdk';
import type { TileFamily } from './tile-settings.js';

export interface UpscalerFolder extends ModelFolderContribution {
  /** Whose tile sizes count. */
  readonly tiles: TileFamily;
  /** How tiles are joined: with seams that fade, or taking the mean where they overlap. */
  readonly joins: 'seams' | 'mean';
  /** The names of files that have another in lists (Real-ESRGAN's, as the webui calls them). */
  readonly titles?: Readonly<Record<string, string>>;
}

const extensions = ['.safetensors', '.pth', '.pt'];

/** The webui's folders. */
export const upscalerFolders: readonly UpscalerFolder[] = [
  { name: 'esrgan', folders: ['ESRGAN'], extensions, tiles: 'ESRGAN', joins: 'seams' },
  {
    name: 'realesrgan',
    folders: ['RealESRGAN'],
    extensions,
    tiles: 'ESRGAN',
    joins: 'seams',
    titles: {
      'realesr-general-x4v3': 'R-ESRGAN General 4xV3',
      'realesr-general-wdn-x4v3': 'R-ESRGAN General WDN 4xV3',
      'realesr-animevideov3': 'R-ESRGAN AnimeVideo',
      RealESRGAN_x4plus: 'R-ESRGAN 4x+',
      RealESRGAN_x4plus_anime_6B: 'R-ESRGAN 4x+ Anime6B',
      RealESRGAN_x2plus: 'R-ESRGAN 2x+',
    },
  },
  { name: 'swinir', folders: ['SwinIR'], extensions, tiles: 'SWIN', joins: 'mean' },
  { name: 'dat', folders: ['DAT'], extensions, tiles: 'DAT', joins: 'seams' },
  { name: 'hat', folders: ['HAT'], extensions, tiles: 'ESRGAN', joins: 'seams' },
];
