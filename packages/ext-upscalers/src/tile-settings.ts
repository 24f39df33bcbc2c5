import type { SettingContribution } from '@armature/sdk';
import type { TileOptions } from './tile-grid.js';

/** Kinds of networks that have tile sizes of their own, by the webui's names. */
export type TileFamily = 'ESRGAN' | 'SWIN' | 'DAT';

const families: readonly TileFamily[] = ['ESRGAN', 'SWIN', 'DAT'];
const tileName = (family: TileFamily): string => `${family}_tile`;
const overlapName = (family: TileFamily): string => `${family}_tile_overlap`;

/** The webui's options for tiles. */
export const tileSettings: readonly SettingContribution[] = families.flatMap((family) => [
  {
    name: tileName(family),
    label: `Pixels on each side of a tile of ${family} upscalers; 0: the whole picture at once`,
    defaultValue: 192,
  },
  { name: overlapName(family), label: `Pixels that neighbouring tiles of ${family} upscalers share`, defaultValue: 8 },
]);

/** The tiles that options ask for; an overlap as large as a tile would not get on. */
export function tilesOf(family: TileFamily, settings: Readonly<Record<string, unknown>>): TileOptions {
  const number = (name: string, otherwise: number): number => {
    const value = settings[name];
    return typeof value === 'number' && value >= 0 ? Math.trunc(value) : otherwise;
  };
  const tile = number(tileName(family), 192);
  return { tile, overlap: Math.min(number(overlapName(family), 8), Math.max(0, tile - 1)) };
}
