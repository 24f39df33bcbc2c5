import { openClipEmbedding, openClipText } from '@armature/nn';
import type { DetectedModel, ModelFamilyContribution, TextConditioning } from '@armature/sdk';
import { familyNetwork } from './family-network.js';
import { hasLdmUnet, imageNetworks } from './image-networks.js';
import { ldmNoise } from './ldm-noise.js';
import { openClipDimensions } from './open-clip-dimensions.js';
import { numberWidth, readSdxl, sdxlColours, sdxlHeads, sdxlLatentScale, sdxlPrediction, sdxlPreviews } from './sdxl-parts.js';
import { numberOption, sizeVector } from './size-vector.js';

const OPEN_CLIP = 'conditioner.embedders.0.model.';
/** Original size and crop: two numbers each; one aesthetic score. */
const NUMBERS = 5;
/** A tower of this width in the same place is that of SD-Turbo. */
const TURBO_WIDTH = 1024;

/** SDXL's refiner: OpenCLIP ViT-bigG alone; beside the pooled text it is told sizes and how beautiful the picture shall be. */
export const sdxlRefinerFamily = {
  name: 'sdxl-refiner',
  detect(weights, sidecar): DetectedModel | undefined {
    const { shapes, ldm, openClip } = readSdxl(weights, sidecar);
    const last = `${OPEN_CLIP}ln_final.weight`;
    if (!shapes.has(last) || shapes.hasModule('conditioner.embedders.1') || !hasLdmUnet(shapes)) return undefined;
    if (shapes.length(last, 0, 1, 'text-encoder') === TURBO_WIDTH) return undefined;
    const clipG = openClipDimensions(shapes, OPEN_CLIP, openClip, { normalised: false, pools: true });
    const { width, layers } = clipG;
    const image = imageNetworks(shapes, ldm, { textWidth: width, latentScale: sdxlLatentScale, heads: sdxlHeads });
    return {
      family: 'sdxl-refiner',
      networks: [
        familyNetwork('token-embedding', OPEN_CLIP, clipG, openClipEmbedding),
        familyNetwork('text-encoder', OPEN_CLIP, clipG, openClipText),
        ...image.networks,
      ],
      prediction: sdxlPrediction(shapes, ldm),
      noise: ldmNoise(shapes, ldm),
      latent: { ...image.latent, colours: sdxlColours, previews: sdxlPreviews },
      text: {
        width,
        encoders: [
          {
            ...{ name: 'clip_g', lookup: 'token-embedding', network: 'text-encoder', pools: true },
            ...{ width, layers, tokenizer: 'open-clip', padding: 'zero' },
          },
        ],
        zerosEmptyNegative: true,
        vector: refinerVector(numberWidth(shapes, image.unet.vectorDim, clipG.projection, NUMBERS)),
      },
    };
  },
} satisfies ModelFamilyContribution;

function refinerVector(numberWidth: number): TextConditioning['vector'] {
  return (pooled, { width, height, negative, settings }) => {
    const crop = [numberOption(settings, 'sdxl_crop_top'), numberOption(settings, 'sdxl_crop_left')];
    const score = numberOption(settings, negative ? 'sdxl_refiner_low_aesthetic_score' : 'sdxl_refiner_high_aesthetic_score');
    return sizeVector(pooled, [height, width, ...crop, score], numberWidth);
  };
}
