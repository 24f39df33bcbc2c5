import type { PromptText } from '@armature/sdk';
import { type PromptStyle, trimEnd, trimStart } from '../prompt/index.js';

export interface StyledPrompt extends PromptText {
  /** Names in the order in which they were applied. */
  readonly styles: readonly string[];
}

const strip = (text: string): string => trimStart(trimEnd(text));

/**
 * Takes styles out of finished prompts: each style at most once, the first that fits both prompts, from the outermost
 * inwards (the webui's `extract_styles_from_prompt`).
 */
export function extractStyles({ prompt, negativePrompt }: PromptText, styles: readonly PromptStyle[]): StyledPrompt {
  let text: PromptText = { prompt, negativePrompt };
  const left = styles.filter((style) => style.prompt !== '' || style.negativePrompt !== '');
  const found: string[] = [];
  for (let index = 0; index < left.length; ) {
    const style = left[index] as PromptStyle;
    const inner = withoutStyle(text, style);
    if (!inner) {
      index += 1;
      continue;
    }
    text = inner;
    found.unshift(style.name);
    left.splice(index, 1);
    index = 0;
  }
  return { ...text, styles: found };
}

function withoutStyle({ prompt, negativePrompt }: PromptText, style: PromptStyle): PromptText | undefined {
  const positive = innerText(style.prompt, prompt);
  if (positive === undefined) return undefined;
  const negative = innerText(style.negativePrompt, negativePrompt);
  return negative === undefined ? undefined : { prompt: positive, negativePrompt: negative };
}

/** The text a style was put around, or undefined when it does not stand there (`extract_style_text_from_prompt`). */
function innerText(style: string, text: string): string | undefined {
  const [bare, whole] = [strip(style), strip(text)];
  const at = bare.indexOf('{prompt}');
  const [before, after] = at < 0 ? ['', bare] : [bare.slice(0, at), bare.slice(at + '{prompt}'.length)];
  if (!whole.startsWith(before) || !whole.endsWith(after)) return undefined;
  const inner = whole.slice(before.length, whole.length - after.length);
  return at < 0 && inner.endsWith(', ') ? inner.slice(0, -2) : inner;
}
