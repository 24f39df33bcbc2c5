import type { JobInfo, PromptText } from '@armature/sdk';
import type { NetworkStore } from './network-store.js';

/** Adds the tag of the network that the setting `sd_lora` names, unless it is not there or the prompt names it already. */
export async function withChosenNetwork(
  text: PromptText,
  settings: JobInfo['settings'],
  store: NetworkStore,
): Promise<PromptText | undefined> {
  const { sd_lora: name, extra_networks_default_multiplier: strength } = settings;
  if (typeof name !== 'string' || name === '' || name === 'None' || !(await store.has(name))) return undefined;
  const mentioned = [...text.prompt.matchAll(/<(?:lora|lyco):([^>:]+)/g)].some(([, mention]) => mention === name);
  if (mentioned) return undefined;
  const written = Number.isInteger(strength) ? `${strength}.0` : String(strength ?? 1);
  return { ...text, prompt: `${text.prompt}<lora:${name}:${written}>` };
}
