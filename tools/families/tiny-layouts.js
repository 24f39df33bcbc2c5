// Checkpoints small enough for tests, of kinds for which nothing was recorded from the original: their weights come from a seed.
import { ldmLayout } from '../../bench/ldm-layout.js';

const vae = { width: 32, mult: [1, 2, 2, 2] };
const clip = { width: 64, layers: 3 };

/** @type {Readonly<Record<string, { readonly seed: number, readonly entries: readonly import('../../bench/ldm-layout.js').LayoutEntry[] }>>} */
export const tinyLayouts = {
  'tiny-edit': {
    seed: 11,
    entries: ldmLayout({
      unet: { inChannels: 8, width: 32, mult: [1, 2, 2, 2], depths: [1, 1, 1, 0], middleDepth: 1, context: 64 },
      vae,
      clip: { root: 'cond_stage_model.transformer.text_model', ...clip },
    }),
  },
  'tiny-lcm': {
    seed: 15,
    entries: ldmLayout({
      unet: { width: 32, mult: [1, 2, 2, 2], depths: [1, 1, 1, 0], middleDepth: 1, context: 64 },
      vae,
      clip: { root: 'cond_stage_model.transformer.text_model', ...clip },
    }),
  },
  'tiny-2': {
    seed: 14,
    entries: ldmLayout({
      unet: { width: 64, mult: [1, 1, 2, 2], depths: [1, 1, 1, 0], middleDepth: 1, context: 64, linear: true },
      vae,
      openClip: { root: 'cond_stage_model.model', ...clip },
    }),
  },
  'tiny-xl': {
    seed: 12,
    entries: ldmLayout({
      unet: { width: 64, mult: [1, 1, 2], depths: [0, 1, 2], middleDepth: 2, context: 128, linear: true, vector: 64 + 6 * 256 },
      vae,
      clip: { root: 'conditioner.embedders.0.transformer.text_model', ...clip },
      openClip: { root: 'conditioner.embedders.1.model', ...clip },
    }),
  },
  'tiny-xl-refiner': {
    seed: 13,
    entries: ldmLayout({
      unet: { width: 64, mult: [1, 1, 2, 2], depths: [0, 2, 1, 0], middleDepth: 2, context: 64, linear: true, vector: 64 + 5 * 256 },
      vae,
      openClip: { root: 'conditioner.embedders.0.model', ...clip },
    }),
  },
};
