import { HostError } from '@armature/sdk/host';
import { splitWord } from './split-word.js';
import { trimEnd, trimStart } from './white-space.js';

/** One part of a composed prompt. */
export interface PromptPart {
  /** As written, without the weight; leading white space stays. */
  readonly text: string;
  /** Multiplies the guidance of this part; may be negative. */
  readonly weight: number;
}

const number = /^[-+]?(?:\d+\.?|\d*\.\d+)$/;
/** Each part is one more network row for each picture. */
const most = 64;

/**
 * `a cat :1.2 AND a dog` → its parts (the webui's `get_multicond_prompt_list`). A number behind the last colon is a weight
 * even where there is no AND: `a cat : 2` has weight 2. @throws HostError PROMPT_INVALID for more than 64 parts
 */
export function splitComposition(prompt: string): readonly PromptPart[] {
  const parts = splitWord(prompt, 'AND');
  if (parts.length > most) {
    const problem = `it has ${parts.length} parts joined with AND, at most ${most} are evaluated. Write the word in lower case`;
    throw new HostError('PROMPT_INVALID', { problem });
  }
  return parts.map(readPart);
}

function readPart(part: string): PromptPart {
  const text = trimEnd(part);
  const colon = text.lastIndexOf(':');
  const weight = colon < 0 ? '' : trimStart(text.slice(colon + 1));
  if (!number.test(weight)) return { text, weight: 1 };
  return { text: trimEnd(text.slice(0, colon)), weight: Number(weight) };
}
