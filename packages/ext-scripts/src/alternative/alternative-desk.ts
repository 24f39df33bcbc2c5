import type { Raster } from '@armature/sdk';
import type { Inverted } from './inversion.js';

/** What the jobs of the script and its taps tell each other: a picture to start from stands for its job. */
export interface AlternativeDesk {
  /** Pictures whose noise is looked for. */
  readonly sought: Map<Raster, Inverted | undefined>;
  /** Pictures that are made from noise that was found. */
  readonly given: WeakMap<Raster, GivenNoise>;
}

export interface GivenNoise extends Inverted {
  /** Share of the noise that is drawn, 0…1. */
  readonly randomness: number;
}

/** Names of the samplers that go backwards. */
export const inversionNames = { plain: 'img2img alternative inversion', adjusted: 'img2img alternative inversion (adjusted)' } as const;
