import type { PromptText } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { PromptStyle } from './prompt-style.js';
import { trimEnd, trimStart } from './white-space.js';

/** As long as a request's own prompt may be. */
const longest = 100_000;

/**
 * Puts styles around a prompt, one after the other: a style's text takes the prompt in at `{prompt}` or is appended (the
 * webui's `merge_prompts`). @throws HostError PROMPT_INVALID when the result is longer than 100,000 characters
 */
export function applyStyles(text: PromptText, styles: readonly PromptStyle[]): PromptText {
  let { prompt, negativePrompt } = text;
  for (const style of styles) {
    prompt = merge(style.prompt, prompt, style.name);
    negativePrompt = merge(style.negativePrompt, negativePrompt, style.name);
  }
  return Object.freeze({ ...text, prompt, negativePrompt });
}

function merge(style: string, prompt: string, name: string): string {
  const places = style.split('{prompt}');
  const size = style.length + places.length * prompt.length;
  if (size > longest) throw new HostError('PROMPT_INVALID', { problem: `with style "${name}" it is longer than ${longest} characters` });
  if (places.length > 1) return places.join(prompt);
  return [prompt, style]
    .map((part) => trimStart(trimEnd(part)))
    .filter((part) => part !== '')
    .join(', ');
}
