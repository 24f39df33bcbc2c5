import type { Raster } from '@armature/sdk';

/** What a map is made of, and how. */
export interface PreprocessInput {
  /** Name, label or full id of a preprocessor, `canny`. */
  readonly module: string;
  /** Decoded, or the bytes of a PNG, JPEG or WebP. */
  readonly image: Raster | Uint8Array;
  /** For preprocessors that take one: as large as the picture, white where it counts. */
  readonly mask?: Raster | Uint8Array | undefined;
  /** Values of its fields; those left out are at their defaults. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}
