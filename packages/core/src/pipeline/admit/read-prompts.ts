import type { PromptText } from '@armature/sdk';
import type { OpenedJob } from '../../jobs/index.js';
import { applyStyles, type PromptStyle, stripComments } from '../../prompt/index.js';
import type { Engine } from '../engine.js';

/**
 * The prompts of each picture of a job: styles, then `prompt.text`, then comments, since whoever writes a prompt may write
 * them. @throws HostError STYLES_INVALID, PROMPT_INVALID
 */
export async function readPrompts(
  engine: Engine,
  { info, scope, settings }: OpenedJob,
  seeds: readonly number[],
  given: PromptText,
): Promise<readonly PromptText[]> {
  const hook = engine.generation.hooks.prompt.text;
  const text = applyStyles(given, await findStyles(engine, info.request.styles));
  const texts: PromptText[] = [];
  for (const [index, seed] of seeds.entries()) {
    const written = hook.tapped ? await hook.transform(text, { ...scope, index, seed }) : text;
    texts.push(settings.enable_prompt_comments ? withoutComments(written) : written);
  }
  return Object.freeze(texts);
}

const withoutComments = ({ prompt, negativePrompt }: PromptText): PromptText =>
  Object.freeze({ prompt: stripComments(prompt), negativePrompt: stripComments(negativePrompt) });

/** As in the reference an unknown style changes nothing. */
async function findStyles(engine: Engine, names: readonly string[]): Promise<readonly PromptStyle[]> {
  if (names.length === 0) return [];
  const known = await engine.styles();
  return names.flatMap((name) => {
    const style = known.find((each) => each.name === name);
    if (!style) engine.log.warn(`there is no style "${name}"; known are: ${known.map((each) => `"${each.name}"`).join(', ') || 'none'}`);
    return style ? [style] : [];
  });
}
