import type { Pixels } from '../vision/pixels.js';
import { type Plane, resizePlane } from './plane.js';

type Found = readonly (readonly Plane[])[];

const grey = (like: Pixels, value: (at: number) => number): Pixels => ({
  data: Uint8Array.from({ length: like.width * like.height }, (_, at) => Math.min(255, Math.max(0, value(at)))),
  width: like.width,
  height: like.height,
  channels: 1,
});

/** Edges of a few strengths alone (`safe_step`): small models see no noise between them. */
const stepped = (value: number, steps: number): number => (steps > 0 ? Math.fround(Math.trunc(value * (steps + 1)) / steps) : value);

/** Side outputs before the sigmoid: their mean decides (HED, TEED). */
export function readSideOutputs(found: Found, like: Pixels, steps = 0): Pixels {
  const sides = found.map(([plane]) => resizePlane(plane!, like).data);
  return grey(like, (at) => {
    const mean = sides.reduce((sum, side) => sum + side[at]!, 0) / sides.length;
    return stepped(1 / (1 + Math.exp(-Math.fround(mean))), steps) * 255;
  });
}

/** Edges in 0…1, fused by the network itself: the last output (PiDiNet). `sure`: those above one half alone. */
export function readFused(found: Found, like: Pixels, { steps = 0, sure = false } = {}): Pixels {
  const { data } = resizePlane(found.at(-1)![0]!, like);
  return grey(like, (at) => stepped(sure ? Number(data[at]! > 0.5) : data[at]!, steps) * 255);
}

/** Lines drawn dark on white paper, `scale` · value + `shift` in 0…255: they become white on black. */
export function readDrawing(found: Found, like: Pixels, scale: number, shift = 0): Pixels {
  const { data } = resizePlane(found[0]![0]!, like);
  return grey(like, (at) => 255 - Math.trunc(Math.min(255, Math.max(0, data[at]! * scale + shift))));
}
