import type { InitRequest, Raster } from '@armature/sdk';

/** What a request of either route asks for. */
export interface WantedPictures {
  readonly prompt: string;
  /** Pictures, 1…10. */
  readonly count: number;
  /** Pixels; undefined: the size of the given picture, or the extension's own. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** A checkpoint by name; one that is not here leaves the host's own in place, as clients send `dall-e-2`. */
  readonly model: string;
  readonly init?: Pick<InitRequest, 'images'> & { readonly mask: Raster | undefined };
}
