const renamed: readonly (readonly [RegExp, string])[] = [
  [/\.mid_block\.resnets\.0\./, '.mid.block_1.'],
  [/\.mid_block\.resnets\.1\./, '.mid.block_2.'],
  [/\.mid_block\.attentions\.0\./, '.mid.attn_1.'],
  [/\.conv_norm_out\./, '.norm_out.'],
  [/\.conv_shortcut\./, '.nin_shortcut.'],
  [/\.down_blocks\.(\d+)\.resnets\.(\d+)\./, '.down.$1.block.$2.'],
  [/\.down_blocks\.(\d+)\.downsamplers\.0\./, '.down.$1.downsample.'],
];

/** Within the attention of the middle: names of today and of the first releases. */
const attention: readonly (readonly [RegExp, string])[] = [
  [/\.(?:to_q|query)\./, '.q.'],
  [/\.(?:to_k|key)\./, '.k.'],
  [/\.(?:to_v|value)\./, '.v.'],
  [/\.(?:to_out\.0|proj_attn)\./, '.proj_out.'],
  [/\.group_norm\./, '.norm.'],
];

/** diffusers' name of a VAE's tensor → that of LDM, which counts levels on the way up from the other end. `levels`: how many there are. */
export function ldmVaeKey(key: string, levels: number): string {
  const up = key
    .replace(/\.up_blocks\.(\d+)\.resnets\.(\d+)\./, (_, level, block) => `.up.${levels - 1 - Number(level)}.block.${block}.`)
    .replace(/\.up_blocks\.(\d+)\.upsamplers\.0\./, (_, level) => `.up.${levels - 1 - Number(level)}.upsample.`);
  const moved = renamed.reduce((name, [from, to]) => name.replace(from, to), up);
  return moved.includes('.mid.attn_1.') ? attention.reduce((name, [from, to]) => name.replace(from, to), moved) : moved;
}
