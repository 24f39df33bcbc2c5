import type { HiresRequest } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Settings } from '../../api/index.js';
import type { PictureSize } from '../run.js';

const largestSide = 16_384;
const cell = 8;

/** The sizes of a two-run request (`calculate_target_resolution`). */
export interface HiresSize {
  readonly first: PictureSize;
  /** What the picture of the first run is enlarged to; it covers `target`. */
  readonly covered: PictureSize;
  /** Latent cells that are cut off `covered`, half on each side. */
  readonly cut: { readonly x: number; readonly y: number };
  /** `128x0`, as the parameters tell it; undefined: the size came from the factor. */
  readonly resize: string | undefined;
}

/** @throws HostError SIZE_INVALID for a result no picture can have */
export function hiresSize(request: PictureSize & { readonly hires: HiresRequest }, settings: Settings): HiresSize {
  const old = settings.use_old_hires_fix_width_height;
  const first = old ? oldFirstSize(request) : { width: request.width, height: request.height };
  const wanted = old ? { width: request.width, height: request.height } : { width: request.hires.width, height: request.hires.height };
  const byFactor = wanted.width === 0 && wanted.height === 0;
  const { covered, target } = byFactor ? scaled(first, request.hires.scale) : cover(first, wanted);
  for (const field of ['width', 'height'] as const) {
    const seen = covered[field];
    if (seen < cell || seen > largestSide)
      throw new HostError('SIZE_INVALID', { field: `hires ${field}`, seen, minimum: cell, maximum: largestSide });
  }
  const cut = { x: cells(covered.width - target.width), y: cells(covered.height - target.height) };
  return { first, covered, cut, resize: byFactor ? undefined : `${wanted.width}x${wanted.height}` };
}

const cells = (pixels: number): number => Math.floor(pixels / cell);

function scaled({ width, height }: PictureSize, scale: number): { readonly covered: PictureSize; readonly target: PictureSize } {
  const size = { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
  return { covered: size, target: size };
}

/** One side given: the ratio is kept. Both: the smallest picture of the same ratio that covers them. */
function cover(first: PictureSize, wanted: PictureSize): { readonly covered: PictureSize; readonly target: PictureSize } {
  const byWidth = { width: wanted.width, height: Math.floor((wanted.width * first.height) / first.width) };
  const byHeight = { width: Math.floor((wanted.height * first.width) / first.height), height: wanted.height };
  if (wanted.height === 0) return { covered: byWidth, target: byWidth };
  if (wanted.width === 0) return { covered: byHeight, target: byHeight };
  const wider = first.width / first.height < wanted.width / wanted.height;
  return { covered: wider ? byWidth : byHeight, target: wanted };
}

/** About 512² pixels of the same ratio, multiples of 64 (`old_hires_fix_first_pass_dimensions`). */
function oldFirstSize({ width, height }: PictureSize): PictureSize {
  const factor = Math.sqrt((512 * 512) / (width * height));
  const side = (length: number): number => Math.ceil((factor * length) / 64) * 64;
  return { width: side(width), height: side(height) };
}
