import { isConditioning, isLatent, isRaster, isTensor, type Tensor } from '@armature/sdk';

const round = (value: number): number => Number(value.toPrecision(3));

function tensorSummary(tensor: Tensor): string {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < tensor.size; i++) {
    const value = tensor.at(i);
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const name = isLatent(tensor) ? 'Latent' : 'Tensor';
  return `${name} [${tensor.shape.join(', ')}], ${round(min)} to ${round(max)}, mean ${round(sum / tensor.size)}`;
}

/** A value of a hook in a few words. */
export function valueSummary(value: unknown): string {
  if (isTensor(value)) return tensorSummary(value);
  if (isRaster(value)) return `Raster ${value.width}×${value.height}, ${value.channels} channels`;
  if (isConditioning(value)) return `Conditioning [${value.crossAttention.shape.join(', ')}]`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[${valueSummary(value[0])}${value.length > 1 ? `, ${value.length - 1} more` : ''}]`;
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    return names.length > 8 ? `{ ${names.slice(0, 8).join(', ')}, … }` : `{ ${names.join(', ')} }`;
  }
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return typeof value === 'function' ? 'a function' : String(value);
}
