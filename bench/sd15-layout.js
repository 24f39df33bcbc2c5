// The tensors of a full-size Stable Diffusion 1.5 checkpoint.
import { ldmLayout } from './ldm-layout.js';

export { byteLength, safetensorsHeader } from './ldm-layout.js';

/** Every tensor of SD 1.5: 4 input channels, or 9 for the inpainting model. @returns {import('./ldm-layout.js').LayoutEntry[]} */
export const sd15Layout = (inChannels = 4) =>
  ldmLayout({
    schedule: true,
    unet: { inChannels, width: 320, mult: [1, 2, 4, 4], depths: [1, 1, 1, 0], middleDepth: 1, context: 768 },
    vae: { width: 128, mult: [1, 2, 4, 4] },
    clip: { root: 'cond_stage_model.transformer.text_model', width: 768, layers: 12 },
  });
