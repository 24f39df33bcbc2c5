/** What the names of a UNet's tensors do not say by themselves. */
interface UnetLayout {
  /** Residual blocks of a level on the way down; there is one more on the way up. */
  readonly blocks: number;
  /** Levels on the way up that have attention. */
  readonly attends: ReadonlySet<number>;
}

const direct: readonly (readonly [string, string])[] = [
  ['conv_in.', 'input_blocks.0.0.'],
  ['time_embedding.linear_1.', 'time_embed.0.'],
  ['time_embedding.linear_2.', 'time_embed.2.'],
  ['add_embedding.linear_1.', 'label_emb.0.0.'],
  ['add_embedding.linear_2.', 'label_emb.0.2.'],
  ['mid_block.resnets.0.', 'middle_block.0.'],
  ['mid_block.attentions.0.', 'middle_block.1.'],
  ['mid_block.resnets.1.', 'middle_block.2.'],
  ['conv_norm_out.', 'out.0.'],
  ['conv_out.', 'out.2.'],
];

/** Within a residual block. Attention has the same names in both layouts. */
const inside: readonly (readonly [string, string])[] = [
  ['norm1.', 'in_layers.0.'],
  ['conv1.', 'in_layers.2.'],
  ['time_emb_proj.', 'emb_layers.1.'],
  ['norm2.', 'out_layers.0.'],
  ['conv2.', 'out_layers.3.'],
  ['conv_shortcut.', 'skip_connection.'],
];

/** Reads the layout from the names. */
export function unetLayout(keys: Iterable<string>): UnetLayout {
  let blocks = 0;
  const attends = new Set<number>();
  for (const key of keys) {
    const block = /^down_blocks\.0\.resnets\.(\d+)\./.exec(key);
    if (block) blocks = Math.max(blocks, Number(block[1]) + 1);
    const attention = /^up_blocks\.(\d+)\.attentions\./.exec(key);
    if (attention) attends.add(Number(attention[1]));
  }
  return { blocks, attends };
}

/** diffusers' name of a UNet's tensor → that of LDM; undefined for one that LDM does not have. */
export function ldmUnetKey(key: string, { blocks, attends }: UnetLayout): string | undefined {
  const plain = direct.find(([start]) => key.startsWith(start));
  if (plain) return plain[1] + withinBlock(key.slice(plain[0].length));
  const found = /^(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)$/.exec(key);
  if (!found) return undefined;
  const [, way, level, part, at, rest] = found as unknown as [string, string, string, string, string, string];
  const place = Number(level) * (blocks + 1) + Number(at);
  if (part === 'downsamplers') return `input_blocks.${(Number(level) + 1) * (blocks + 1)}.0.${rest.replace(/^conv\./, 'op.')}`;
  if (part === 'upsamplers') return `output_blocks.${place + blocks}.${attends.has(Number(level)) ? 2 : 1}.${rest}`;
  const block = way === 'down' ? `input_blocks.${place + 1}` : `output_blocks.${place}`;
  return part === 'resnets' ? `${block}.0.${withinBlock(rest)}` : `${block}.1.${rest}`;
}

function withinBlock(rest: string): string {
  const known = inside.find(([start]) => rest.startsWith(start));
  return known ? known[1] + rest.slice(known[0].length) : rest;
}
