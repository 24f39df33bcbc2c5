import type { ModelFolderContribution } from '@armature/sdk';

/** How an upscaler's folder cuts pictures: with seams that fade, or taking the mean. */
export interface UpscalerFolder extends ModelFolderContribution {
  readonly tiling: 'seams' | 'mean';
  /** The names of files that have another in lists (Real-ESRGAN's, as the webui calls them). */
  readonly titles?: Readonly<Record<string, string>>;
}

const extensions = ['.safetensors', '.pth', '.pt'];

/** The webui's folders. */
export const upscalerFolders: readonly UpscalerFolder[] = [
  { name: 'esrgan', folders: ['ESRGAN'], extensions, tiling: 'seams' },
  {
    name: 'realesrgan',
    folders: ['RealESRGAN'],
    extensions,
    tiling: 'seams',
    titles: {
      'realesr-general-x4v3': 'R-ESRGAN General 4xV3',
      'realesr-general-wdn-x4v3': 'R-ESRGAN General WDN 4xV3',
      'realesr-animevideov3': 'R-ESRGAN AnimeVideo',
      RealESRGAN_x4plus: 'R-ESRGAN 4x+',
      RealESRGAN_x4plus_anime_6B: 'R-ESRGAN 4x+ Anime6B',
      RealESRGAN_x2plus: 'R-ESRGAN 2x+',
    },
  },
  { name: 'swinir', folders: ['SwinIR'], extensions, tiling: 'mean' },
  { name: 'dat', folders: ['DAT'], extensions, tiling: 'seams' },
  { name: 'hat', folders: ['HAT'], extensions, tiling: 'seams' },
];
