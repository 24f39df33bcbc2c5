import type { NoiseShape } from './image-noise.js';

/** `noise` laid over the middle of `ground`; what is larger than the ground is cut (the webui's seed resize). */
export function pasteCentred(noise: Float32Array, from: NoiseShape, ground: Float32Array, to: NoiseShape): Float32Array {
  const out = ground.slice();
  const x = overlap(from[2], to[2]);
  const y = overlap(from[1], to[1]);
  for (let channel = 0; channel < to[0]; channel++) {
    for (let row = 0; row < y.length; row++) {
      const source = (channel * from[1] + y.source + row) * from[2] + x.source;
      out.set(noise.subarray(source, source + x.length), (channel * to[1] + y.target + row) * to[2] + x.target);
    }
  }
  return out;
}

function overlap(from: number, to: number): { readonly source: number; readonly target: number; readonly length: number } {
  const shift = Math.floor((to - from) / 2);
  // An odd difference rounds the shift away from zero for a larger source, which shortens the overlap; kept as the reference has it.
  return shift >= 0 ? { source: 0, target: shift, length: from } : { source: -shift, target: 0, length: from + 2 * shift };
}
