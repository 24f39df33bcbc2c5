import { isRaster, isTensor } from '@armature/sdk';

/** What a value keeps in memory, roughly: the pixels and numbers in it. */
export function valueBytes(value: unknown, depth = 4): number {
  if (isTensor(value)) return value.size * 4;
  if (isRaster(value)) return value.width * value.height * value.channels;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (depth === 0 || typeof value !== 'object' || value === null || value instanceof Map) return 0;
  let bytes = 0;
  for (const member of Object.values(value)) bytes += valueBytes(member, depth - 1);
  return bytes;
}
