import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** Puts the even and the odd bytes together again. */
function joinPlanes(planes: Uint8Array): Buffer {
  const half = Math.ceil(planes.length / 2);
  const bytes = Buffer.alloc(planes.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = planes[(at % 2) * half + (at >> 1)] as number;
  return bytes;
}

/** The file that `tools/fidelity/make-delta.js` compared with `base`, byte for byte. */
export function readDelta(basePath: string, deltaPath: string): Buffer {
  const base = readFileSync(basePath);
  const delta = readFileSync(deltaPath);
  const body = inflateSync(delta.subarray(4));
  const start = delta.readUInt32LE(0);
  const literals = joinPlanes(body.subarray(start));
  const parts = JSON.parse(body.toString('utf8', 0, start)) as readonly (readonly [number, number?])[];
  let at = 0;
  return Buffer.concat(
    parts.map(([length, offset]) => {
      if (offset !== undefined) return base.subarray(offset, offset + length);
      at += length;
      return literals.subarray(at - length, at);
    }),
  );
}
