import type { ResizeMode } from './resize-latent.js';

/** Names under which hires fix enlarges latents (the webui's `latent_upscale_modes`). */
export const latentUpscaleModes: Readonly<Record<string, ResizeMode>> = Object.freeze({
  Latent: { mode: 'bilinear', antialias: false },
  'Latent (antialiased)': { mode: 'bilinear', antialias: true },
  'Latent (bicubic)': { mode: 'bicubic', antialias: false },
  'Latent (bicubic antialiased)': { mode: 'bicubic', antialias: true },
  'Latent (nearest)': { mode: 'nearest', antialias: false },
  'Latent (nearest-exact)': { mode: 'nearest-exact', antialias: false },
});
