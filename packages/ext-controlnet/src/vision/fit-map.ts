import type { Pixels } from './pixels.js';
import { resizeMap } from './resize-map.js';

export type ResizeMode = 'Just Resize' | 'Crop and Resize' | 'Resize and Fill';
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Half to even, as numpy rounds. */
export function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** A map at the size of the picture that is made (`detectmap_proc`). */
export function fitMap(map: Pixels, size: Size, mode: ResizeMode): Pixels {
  if (mode === 'Just Resize') return resizeMap(map, size);
  const [down, across] = [size.height / map.height, size.width / map.width];
  const scale = mode === 'Resize and Fill' ? Math.min(down, across) : Math.max(down, across);
  const scaled = resizeMap(map, { width: roundEven(map.width * scale), height: roundEven(map.height * scale) });
  if (mode === 'Crop and Resize') {
    const [left, top] = [Math.max(0, (scaled.width - size.width) >> 1), Math.max(0, (scaled.height - size.height) >> 1)];
    const [width, height] = [Math.min(size.width, scaled.width), Math.min(size.height, scaled.height)];
    const out = new Uint8Array(width * height * scaled.channels);
    copy(scaled, { left, top, width, height }, { data: out, width, height, channels: scaled.channels }, 0, 0);
    return { data: out, width, height, channels: scaled.channels };
  }
  const colour = edgeColour(map);
  const data = Uint8Array.from({ length: size.width * size.height * scaled.channels }, (_, at) => colour[at % scaled.channels]!);
  const whole = { left: 0, top: 0, width: scaled.width, height: scaled.height };
  const into = { data, ...size, channels: scaled.channels };
  copy(scaled, whole, into, Math.max(0, (size.width - scaled.width) >> 1), Math.max(0, (size.height - scaled.height) >> 1));
  return into;
}

interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

function copy(from: Pixels, box: Box, to: Pixels, left: number, top: number): void {
  for (let y = 0; y < box.height; y++) {
    const start = ((box.top + y) * from.width + box.left) * from.channels;
    to.data.set(from.data.subarray(start, start + box.width * from.channels), ((top + y) * to.width + left) * to.channels);
  }
}

/** The median of the pixels along the four edges; a mask is white outside. */
function edgeColour({ data, width, height, channels }: Pixels): readonly number[] {
  const edge: number[] = [];
  for (let x = 0; x < width; x++) edge.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) edge.push(y * width, y * width + width - 1);
  return Array.from({ length: channels }, (_, c) => {
    if (channels === 4 && c === 3) return 255;
    const sorted = edge.map((at) => data[at * channels + c]!).sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return Math.floor((sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2);
  });
}
