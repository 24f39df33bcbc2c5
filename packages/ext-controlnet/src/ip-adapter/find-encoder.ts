import { type CatalogueApi, HostError } from '@armature/sdk';
import type { AdapterFile } from './adapter-file.js';

/** Kind of the image encoders' files, and the folder they lie in. */
export const encoderKind = 'clip-vision';
export const encoderFolder = 'clip_vision';

/** Names that a file of each tower goes by: the original's own first. */
const towers = {
  clip_h: { pattern: /(^|\/)clip_h$|vit-?_?h/i, tower: 'ViT-H/14' },
  clip_g: { pattern: /(^|\/)clip_g$|vit-?_?(big)?g/i, tower: 'ViT-bigG/14' },
} as const;

/** ViT-bigG gives vectors of 1,280 and patches of 1,664 channels; ViT-H the others that adapters were trained for. */
const suiting = ({ sees, imageWidth }: AdapterFile): keyof typeof towers =>
  imageWidth === (sees === 'embeds' ? 1280 : 1664) ? 'clip_g' : 'clip_h';

/** The encoder's file that a module names; `auto`: the one that the adapter was trained with. @throws HostError MODEL_NOT_FOUND */
export async function findEncoder(catalogue: CatalogueApi, wanted: 'auto' | keyof typeof towers, adapter: AdapterFile): Promise<string> {
  const name = wanted === 'auto' ? suiting(adapter) : wanted;
  const { pattern, tower } = towers[name];
  const entries = await catalogue.list(encoderKind);
  const found = entries.find((entry) => pattern.test(entry.name));
  if (found) return found.path;
  const known = entries.map((entry) => entry.name).join(', ') || 'none';
  const file = `${name}.safetensors (or .pth; the image encoder ${tower})`;
  throw new HostError('MODEL_NOT_FOUND', { kind: encoderKind, name: file, folder: encoderFolder, known });
}
