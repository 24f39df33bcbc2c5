import type {} from 'vitest';
import { toBeIdenticalTo } from './matchers/to-be-identical-to.js';
import { toHaveDominantColour } from './matchers/to-have-dominant-colour.js';
import { type LikenessOptions, toLookLike } from './matchers/to-look-like.js';
import { type TensorSnapshotOptions, toMatchTensorSnapshot } from './matchers/to-match-tensor-snapshot.js';
import type { ColourName } from './pictures/colour.js';
import type { Picture } from './pictures/picture.js';

export type { LikenessOptions } from './matchers/to-look-like.js';
export type { TensorSnapshotOptions } from './matchers/to-match-tensor-snapshot.js';
export type { ColourName } from './pictures/colour.js';
export type { Picture } from './pictures/picture.js';

/**
 * For `expect.extend(matchers)`. vitest itself is not loaded here: the `expect` that is extended is the one of the test,
 * also where two copies of vitest are installed.
 */
export const matchers = { toBeIdenticalTo, toHaveDominantColour, toLookLike, toMatchTensorSnapshot };

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: a merged interface repeats vitest's own parameter
  interface Matchers<T = any> {
    /** Equal in every value. */
    toBeIdenticalTo(reference: Picture): void;
    /** The colour of most pixels: by name, or by `#rrggbb` within a distance in CIELAB (default 15). */
    toHaveDominantColour(colour: ColourName | `#${string}`, tolerance?: number): void;
    /** Alike by PSNR (default at least 30 dB) or SSIM. */
    toLookLike(reference: Picture, options?: LikenessOptions): void;
    /** As recorded beside the test; `vitest -u` records anew. `tolerance`: default 1e-4. */
    toMatchTensorSnapshot(name: string, options?: TensorSnapshotOptions): void;
  }
}
