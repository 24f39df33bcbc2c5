import { HostError } from '@armature/sdk/host';

/** `512x768` → pixels. The host checks that they are possible. @throws HostError REQUEST_INVALID */
export function parseSize(text: string): { readonly width: number; readonly height: number } {
  const match = /^(-?\d+)[x×*](-?\d+)$/i.exec(text.trim());
  if (!match)
    throw new HostError('REQUEST_INVALID', { field: '--size', problem: 'expected WIDTHxHEIGHT in pixels, as in 512x768', seen: text });
  return { width: Number(match[1]), height: Number(match[2]) };
}
