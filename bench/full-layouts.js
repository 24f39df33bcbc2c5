// The full-size families, by the name that the checkpoint writer knows them by.
import { ldmLayout } from './ldm-layout.js';
import { sd15Layout } from './sd15-layout.js';

const vae = { width: 128, mult: [1, 2, 4, 4] };
const bigG = { width: 1280, layers: 32 };

/** @type {Readonly<Record<string, (inChannels?: number) => import('./ldm-layout.js').LayoutEntry[]>>} */
export const fullLayouts = {
  sd15: sd15Layout,
  sd21: (inChannels = 4) =>
    ldmLayout({
      schedule: true,
      unet: { inChannels, width: 320, mult: [1, 2, 4, 4], depths: [1, 1, 1, 0], middleDepth: 1, context: 1024, linear: true },
      vae,
      openClip: { root: 'cond_stage_model.model', width: 1024, layers: 24 },
    }),
  sdxl: (inChannels = 4) =>
    ldmLayout({
      unet: { inChannels, width: 320, mult: [1, 2, 4], depths: [0, 2, 10], middleDepth: 10, context: 2048, linear: true, vector: 2816 },
      vae,
      clip: { root: 'conditioner.embedders.0.transformer.text_model', width: 768, layers: 12 },
      openClip: { root: 'conditioner.embedders.1.model', ...bigG },
    }),
  'sdxl-refiner': (inChannels = 4) =>
    ldmLayout({
      unet: { inChannels, width: 384, mult: [1, 2, 4, 4], depths: [0, 4, 4, 0], middleDepth: 4, context: 1280, linear: true, vector: 2560 },
      vae,
      openClip: { root: 'conditioner.embedders.0.model', ...bigG },
    }),
};
