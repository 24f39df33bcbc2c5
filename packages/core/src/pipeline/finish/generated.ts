import type { ImageScope } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { formatInfotext } from '../../image/index.js';
import type { SavedPicture } from './save-picture.js';

/** A result; masks have no parameters of their own, only their files. */
export function generated({ kind, image, infotext, path }: SavedPicture, scope: ImageScope): GeneratedImage {
  const { seed, subseed, prompt, negativePrompt } = scope;
  const isMask = kind === 'mask' || kind === 'mask-composite';
  return Object.freeze({ kind, image, infotext: isMask ? '' : formatInfotext(infotext), seed, subseed, prompt, negativePrompt, path });
}
