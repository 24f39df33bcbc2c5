import type { GenerationRequest } from '@armature/sdk';
import type { AxisValue } from './axis.js';

/** The first value of the axis, wherever it stands in the prompts, becomes the value (`apply_prompt`). */
export function replaceWords(request: GenerationRequest, value: string, all: readonly AxisValue[]): GenerationRequest {
  const [wanted = ''] = all as readonly string[];
  if (!request.prompt.includes(wanted) && !request.negativePrompt.includes(wanted)) {
    throw new Error(`"${wanted}" stands neither in the prompt nor in the negative prompt`);
  }
  return {
    ...request,
    prompt: request.prompt.replaceAll(wanted, () => value),
    negativePrompt: request.negativePrompt.replaceAll(wanted, () => value),
  };
}

/** The words take each other's places in the prompt (`apply_order`). */
export function orderWords(request: GenerationRequest, value: readonly string[]): GenerationRequest {
  const inPlace = [...value].sort((a, b) => request.prompt.indexOf(a) - request.prompt.indexOf(b));
  let rest = request.prompt;
  let prompt = '';
  for (const [index, word] of inPlace.entries()) {
    const at = rest.indexOf(word);
    if (at < 0) throw new Error(`"${word}" does not stand in the prompt`);
    prompt += rest.slice(0, at) + (value[index] as string);
    rest = rest.slice(at + word.length);
  }
  return { ...request, prompt: prompt + rest };
}
