// The tensors of a ControlNet for SD 1.5: a copy of the UNet's encoder, what sees the picture, and what each residual leaves through.
import { sd15Layout } from './sd15-layout.js';

const encoder = /^model\.diffusion_model\.((?:time_embed|input_blocks|middle_block)\..*)$/;
/** Channels of the picture's encoder. */
const hint = [3, 16, 16, 32, 32, 96, 96, 256, 320];
/** Channels of each residual, from the top down. */
const residuals = [...Array(4).fill(320), ...Array(3).fill(640), ...Array(5).fill(1280)];

const conv = (key, out, inner, kernel) => [
  { key: `${key}.weight`, dtype: 'F16', shape: [out, inner, kernel, kernel], kind: 'matrix', gain: 1 },
  { key: `${key}.bias`, dtype: 'F16', shape: [out], kind: 'zero', gain: 1 },
];

/** @returns {import('./ldm-layout.js').LayoutEntry[]} */
export function controlLayout() {
  const copied = sd15Layout().flatMap((entry) => {
    const [, name] = encoder.exec(entry.key) ?? [];
    return name ? [{ ...entry, key: `control_model.${name}` }] : [];
  });
  return [
    ...copied,
    ...hint.slice(1).flatMap((out, at) => conv(`control_model.input_hint_block.${2 * at}`, out, hint[at], 3)),
    ...residuals.flatMap((width, at) => conv(`control_model.zero_convs.${at}.0`, width, width, 1)),
    ...conv('control_model.middle_block_out.0', 1280, 1280, 1),
  ];
}
