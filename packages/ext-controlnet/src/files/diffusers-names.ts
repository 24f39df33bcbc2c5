/** Module parts of a diffusers file and what the original layout calls them. */
const resnet: Readonly<Record<string, string>> = {
  norm1: 'in_layers.0',
  conv1: 'in_layers.2',
  time_emb_proj: 'emb_layers.1',
  norm2: 'out_layers.0',
  conv2: 'out_layers.3',
  conv_shortcut: 'skip_connection',
};
const single: Readonly<Record<string, string>> = {
  'controlnet_cond_embedding.conv_in': 'input_hint_block.0',
  'controlnet_cond_embedding.conv_out': 'input_hint_block.14',
  controlnet_mid_block: 'middle_block_out.0',
  conv_in: 'input_blocks.0.0',
  'time_embedding.linear_1': 'time_embed.0',
  'time_embedding.linear_2': 'time_embed.2',
};
const numbered: readonly (readonly [RegExp, (...parts: readonly string[]) => string])[] = [
  [/^controlnet_cond_embedding\.blocks\.(\d+)$/, (at) => `input_hint_block.${2 + 2 * Number(at)}`],
  [/^controlnet_down_blocks\.(\d+)$/, (at) => `zero_convs.${at}.0`],
  [/^down_blocks\.(\d+)\.resnets\.(\d+)\.(\w+)$/, (level, at, part) => `input_blocks.${block(level, at)}.0.${resnet[part!]}`],
  [/^down_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$/, (level, at, rest) => `input_blocks.${block(level, at)}.1.${rest}`],
  [/^down_blocks\.(\d+)\.downsamplers\.0\.conv$/, (level) => `input_blocks.${3 * (Number(level) + 1)}.0.op`],
  [/^mid_block\.resnets\.(\d)\.(\w+)$/, (at, part) => `middle_block.${2 * Number(at)}.${resnet[part!]}`],
  [/^mid_block\.attentions\.0\.(.+)$/, (rest) => `middle_block.1.${rest}`],
];

/** Input block of a residual block: two of them and a downsampler a level, behind the first convolution. */
const block = (level: string | undefined, at: string | undefined): number => 1 + 3 * Number(level) + Number(at);

/** The original layout's name of a tensor in a ControlNet of diffusers; undefined: it has none. */
export function fromDiffusers(key: string): string | undefined {
  const dot = key.lastIndexOf('.');
  const module = key.slice(0, dot);
  const known = single[module];
  if (known !== undefined) return `${known}${key.slice(dot)}`;
  for (const [pattern, name] of numbered) {
    const parts = pattern.exec(module)?.slice(1);
    if (parts) return `${name(...parts)}${key.slice(dot)}`;
  }
  return undefined;
}

/** The same for a T2I-Adapter: two residual blocks a level. */
export function fromDiffusersAdapter(key: string): string {
  const plain = key.replace(/^adapter\./, '');
  return plain
    .replace(/^body\.(\d+)\.resnets\.(\d+)\./, (_, level, at) => `body.${2 * Number(level) + Number(at)}.`)
    .replace(/^body\.(\d+)\.in_conv\./, (_, level) => `body.${2 * Number(level)}.in_conv.`);
}
