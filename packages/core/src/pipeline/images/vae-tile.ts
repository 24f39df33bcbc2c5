import type { FamilyNetwork } from '@armature/sdk';
import type { Settings } from '../../api/index.js';
import type { PictureSize } from '../run.js';

/** Side of a tile where nobody chose one, pixels. */
const AUTOMATIC = 512;
/** A tile is whole cells of every latent, also at the lowest level of the network. */
const GRAIN = 64;

/**
 * Side of the tiles an autoencoder works on, pixels; undefined: the whole picture at once. Tiles are taken where the settings
 * ask for them, and where the whole would not fit into the memory budget. Pictures whose edges fit together stay whole.
 */
export function vaeTile(
  { tiling, vae_tile: wanted }: Settings,
  network: FamilyNetwork | undefined,
  { width, height }: PictureSize,
  budgetBytes: number,
): number | undefined {
  if (tiling) return undefined;
  const fits = (network?.workingBytes?.({ width, height, batch: 1 }) ?? 0) <= budgetBytes;
  if (wanted === 0 && fits) return undefined;
  const side = wanted === 0 ? AUTOMATIC : Math.max(2 * GRAIN, Math.floor(wanted / GRAIN) * GRAIN);
  return Math.max(width, height) > side ? side : undefined;
}
