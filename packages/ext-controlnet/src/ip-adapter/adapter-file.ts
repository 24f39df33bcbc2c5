import { HostError, type WeightEntry, type WeightMap } from '@armature/sdk';

/** How a file makes tokens of an encoded picture: of one vector, of every patch, or by a resampler that asks the patches. */
export type ProjectionKind = 'linear' | 'mlp' | 'resampler';

/** An IP-Adapter's file, told by its tensors. */
export interface AdapterFile {
  readonly projection: ProjectionKind;
  /** What the image encoder has to give: the vector of the picture, or the states of its patches. */
  readonly sees: 'embeds' | 'hidden';
  /** Width of what it sees. */
  readonly imageWidth: number;
  /** Width of a token, that of the UNet's context. */
  readonly contextWidth: number;
  /** Width of each cross-attention it serves, in the order of its own numbers. */
  readonly widths: readonly number[];
  readonly weights: WeightMap;
}

/** Whether a file holds what an IP-Adapter is made of. */
export const isAdapterFile = (weights: WeightMap): boolean => weights.keys.has('ip_adapter.1.to_k_ip.weight');

/** Number of the layer at a cross-attention: self-attentions are counted too, and come first. */
export const layerNumber = (at: number): number => 2 * at + 1;

/** @throws HostError CONTROL_UNFIT for adapters of faces, which see what no image encoder gives */
export function readAdapterFile(weights: WeightMap, unit: number, name: string): AdapterFile {
  const shape = (key: string): readonly number[] | undefined => weights.get(key)?.shape;
  const widths: number[] = [];
  for (let at = 0; shape(keyOf(at)); at++) widths.push(shape(keyOf(at))![0]!);
  const contextWidth = shape(keyOf(0))?.[1] ?? 0;
  const common = { contextWidth, widths, weights };
  const resampled = shape('image_proj.proj_in.weight');
  const vector = shape('image_proj.proj.weight');
  const patches = shape('image_proj.proj.3.weight') && shape('image_proj.proj.0.weight');
  if (shape('image_proj.latents') && resampled) return { ...common, projection: 'resampler', sees: 'hidden', imageWidth: resampled[1]! };
  if (patches) return { ...common, projection: 'mlp', sees: 'hidden', imageWidth: patches[1]! };
  if (vector) return { ...common, projection: 'linear', sees: 'embeds', imageWidth: vector[1]! };
  const problem = `${name} is an IP-Adapter of another kind (faces told by a recognition network); take one that sees whole pictures`;
  throw new HostError('CONTROL_UNFIT', { unit, problem });
}

const keyOf = (at: number): string => `ip_adapter.${layerNumber(at)}.to_k_ip.weight`;

/** Shape of a weight of the projection. */
export function projectionShape({ weights }: AdapterFile, name: string): WeightEntry['shape'] {
  return weights.get(`image_proj.${name}`)?.shape ?? [];
}
