import { cleanOpenClip } from './clean-open-clip.js';
import type { ClipTokenizer } from './clip-tokenizer.js';

const specials = /(<start_of_text>|<end_of_text>)/;

/** Text → token ids as OpenCLIP has them (SD 2.x, SDXL's larger encoder): CLIP's vocabulary, but text is repaired first. */
export function createOpenClipTokenizer(clip: ClipTokenizer): ClipTokenizer {
  const encode = (text: string): readonly number[] =>
    cleanOpenClip(text)
      .split(specials)
      .flatMap((part) => {
        if (specials.test(part)) return part === '<start_of_text>' ? clip.start : clip.end;
        return clip.encodeClean(part);
      });
  return Object.freeze({ ...clip, encode });
}
