/** A tensor's name in a file: which module of the network it belongs to, and which part of it it is. */
export interface FileKey {
  readonly module: string;
  readonly part: string;
}

const roots: readonly (readonly [start: string, module: string])[] = [
  ['unet.', 'lora_unet_'],
  ['text_encoder_2.', 'lora_te2_'],
  ['text_encoder.', 'lora_te_'],
];
/** What tools append to a module's path in place of kohya's `lora_up` and `lora_down`. */
const endings: readonly (readonly [ending: RegExp, part: string])[] = [
  [/\.lora_A(?:\.default)?\.weight$/, 'lora_A.weight'],
  [/\.lora_B(?:\.default)?\.weight$/, 'lora_B.weight'],
  [/(?:_lora|\.lora|\.lora_linear_layer)\.down\.weight$/, 'lora_down.weight'],
  [/(?:_lora|\.lora|\.lora_linear_layer)\.up\.weight$/, 'lora_up.weight'],
  [/\.lora_down\.weight$/, 'lora_down.weight'],
  [/\.lora_up\.weight$/, 'lora_up.weight'],
  [/\.alpha$/, 'alpha'],
];

/** `lora_unet_….lora_up.weight` is split at its first dot; the dotted paths of diffusers and PEFT become kohya's names. */
export function fileKey(key: string): FileKey {
  const path = key.replace(/^base_model\.model\./, '');
  const root = roots.find(([start]) => path.startsWith(start));
  const ending = root && endings.find(([pattern]) => pattern.test(path));
  if (root && ending) {
    const [start, prefix] = root;
    const module = processed(path.slice(start.length).replace(ending[0], ''));
    return { module: prefix + (prefix === 'lora_unet_' ? module : textModule(module)).replaceAll('.', '_'), part: ending[1] };
  }
  const dot = key.indexOf('.');
  return dot < 0 ? { module: key, part: '' } : { module: key.slice(0, dot), part: key.slice(dot + 1) };
}

/** Attention processors hold the matrices of their four layers: `attn1.processor.to_out` is `attn1.to_out.0`. */
const processed = (path: string): string => path.replace(/\.processor\./, '.').replace(/\.to_out$/, '.to_out.0');

/** Early files of diffusers name the layers of text encoders as those of the UNet. */
function textModule(path: string): string {
  return path.replace(/\.self_attn\.to_([qkv])$/, '.self_attn.$1_proj').replace(/\.self_attn\.to_out(?:\.0)?$/, '.self_attn.out_proj');
}
