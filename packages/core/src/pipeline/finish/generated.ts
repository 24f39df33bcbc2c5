import type { ImageScope } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { formatInfotext } from '../../image/index.js';
import type { Description } from '../describe/described-field.js';
import type { SavedPicture } from './save-picture.js';

/** A result; masks have no parameters of their own, only their files. `described`: its parameters before extensions spoke. */
export function generated({ kind, image, infotext, path }: SavedPicture, scope: ImageScope, described: Description): GeneratedImage {
  const { seed, subseed, prompt, negativePrompt } = scope;
  const isMask = kind === 'mask' || kind === 'mask-composite';
  // What an extension has written anew is as it wrote it.
  const values = [...infotext.fields].map(([key, text]) => {
    const same = described.infotext.fields.get(key) === text;
    return [key, same ? (described.values.get(key) ?? null) : text] as const;
  });
  return Object.freeze({
    kind,
    image,
    infotext: isMask ? '' : formatInfotext(infotext),
    parameters: new Map(isMask ? [] : values),
    seed,
    subseed,
    prompt,
    negativePrompt,
    path,
  });
}
