import type { ModelModule } from './model-modules.js';

const thirds: Readonly<Record<string, 0 | 1 | 2>> = { _q_proj: 0, _k_proj: 1, _v_proj: 2 };
/** What else a file may call the start of a module's name, in the order of the reference (`load_network`). */
const otherStarts: readonly (readonly [theirs: string, ours: string])[] = [
  ['lora_unet', 'diffusion_model'],
  ['lora_te1_text_model', '0_transformer_text_model'],
  ['lora_te1_text_model', 'transformer_text_model'],
  ['oft_unet', 'diffusion_model'],
];

/** A module by its name or by another that a file may have for it. */
export function findModule(modules: ReadonlyMap<string, ModelModule>, name: string, fileName: string): ModelModule | undefined {
  const exact = modules.get(name);
  if (exact) return exact;
  const [, joined = '', ending = ''] = /^(.*)(_[qkv]_proj)$/.exec(name) ?? [];
  const whole = modules.get(joined);
  const third = thirds[ending];
  if (whole?.weight.endsWith('.in_proj_weight') && third !== undefined) return { ...whole, third };
  for (const [theirs, ours] of otherStarts) {
    const found = fileName.includes(theirs) ? modules.get(fileName.replace(theirs, ours)) : undefined;
    if (found) return found;
  }
  return undefined;
}
