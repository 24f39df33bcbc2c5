import type { DetectedModel, SidecarConfig, WeightMap } from '@armature/sdk';
import { SidecarReader } from './sidecar-reader.js';
import { WeightShapes } from './weight-shapes.js';

/** Where SDXL's yaml describes its text encoders. */
export const embedderPath = ['model', 'params', 'conditioner_config', 'params', 'emb_models'] as const;

/** SDXL's published VAE. */
export const sdxlLatentScale = 0.13025;
export const sdxlHeads = { channels: 64 } as const;

/** RGB of SDXL's latents (the webui's `cheap_approximation`). */
export const sdxlColours: NonNullable<DetectedModel['latent']['colours']> = {
  factors: [
    [0.3448, 0.4168, 0.4395],
    [-0.1953, -0.029, 0.025],
    [0.1074, 0.0886, -0.0163],
    [-0.373, -0.2499, -0.2088],
  ],
  bias: [0, 0, 0],
};

/** Files of small decoders for its latents, by their stems. */
export const sdxlPreviews = { taesd: 'taesdxl_decoder', approx: 'vaeapprox-sdxl' } as const;

/** A checkpoint in SDXL's layout with readers of what stands beside it. */
export function readSdxl(weights: WeightMap, sidecar: SidecarConfig | undefined) {
  const shapes = new WeightShapes(weights);
  const reader = (root: unknown, what: string) => new SidecarReader(root, (problem) => shapes.config(`its ${what}: ${problem}`));
  return {
    shapes,
    ldm: reader(sidecar?.ldm, '.yaml'),
    clip: reader(sidecar?.textEncoder, "text encoder's config.json"),
    openClip: reader(sidecar?.openClip, "text encoder's description"),
  };
}

/** The yaml's scaling says it, else the key `v_pred`. */
export function sdxlPrediction(shapes: WeightShapes, ldm: SidecarReader): DetectedModel['prediction'] {
  const scaling = ldm.text('model', 'params', 'denoiser_config', 'params', 'scaling_config', 'target');
  if (scaling !== undefined) return scaling.endsWith('.VScaling') ? 'v' : 'epsilon';
  return shapes.has('v_pred') ? 'v' : 'epsilon';
}

/** Width of one number in the vector, whose rest is the pooled text. @throws HostError CKPT_CONFIG */
export function numberWidth(shapes: WeightShapes, vectorDim: number | undefined, pooled: number | undefined, numbers: number): number {
  const width = ((vectorDim ?? 0) - (pooled ?? 0)) / numbers;
  if (width > 0 && width % 2 === 0) return width;
  const problem = `its UNet takes a vector of ${vectorDim ?? 'no'} numbers, which are not ${pooled ?? 'no'} of text and ${numbers} sizes or scores`;
  return shapes.config(problem);
}
