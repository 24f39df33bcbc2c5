import type { Latent } from '@armature/sdk';

/** What of a latent is painted anew. */
export interface LatentMask {
  /** The latent to keep the rest of, [batch, channels, h, w]. */
  readonly original: Latent;
  /** 1: painted anew, 0: kept; [1 or batch, 1 or channels, h, w]. */
  readonly repaint: Latent;
}
