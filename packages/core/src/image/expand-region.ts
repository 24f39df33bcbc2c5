import type { Region } from './region.js';
import type { RasterSize } from './resample.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Grows a span by whole pixels on both sides, moved so that it stays within `limit`. */
function grow({ start, end }: Span, by: number, limit: number): Span {
  const less = Math.floor(by / 2);
  let first = start - less;
  let last = end + by - less;
  if (last >= limit) {
    first -= last - limit;
    last = limit;
  }
  if (first < 0) {
    last -= first;
    first = 0;
  }
  return { start: first, end: Math.min(last, limit) };
}

/** The region widened or heightened, where the picture allows it, to the side ratio of the size it is made at (`expand_crop_region`). */
export function expandRegion(region: Region, processing: RasterSize, image: RasterSize): Region {
  const { x, y, width, height } = region;
  const ratio = processing.width / processing.height;
  if (width / height > ratio) {
    const rows = grow({ start: y, end: y + height }, Math.trunc(width / ratio - height), image.height);
    return { x, width, y: rows.start, height: rows.end - rows.start };
  }
  const columns = grow({ start: x, end: x + width }, Math.trunc(height * ratio - width), image.width);
  return { x: columns.start, width: columns.end - columns.start, y, height };
}
