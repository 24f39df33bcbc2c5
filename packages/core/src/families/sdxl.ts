import { type ClipTextConfig, clipText, openClipEmbedding, openClipText, tokenEmbedding } from '@armature/nn';
import type { DetectedModel, GraphPlan, ModelFamilyContribution, TextConditioning } from '@armature/sdk';
import { clipDimensions } from './clip-dimensions.js';
import { familyNetwork } from './family-network.js';
import { hasLdmUnet, imageNetworks } from './image-networks.js';
import { ldmNoise } from './ldm-noise.js';
import { openClipDimensions } from './open-clip-dimensions.js';
import {
  embedderPath,
  numberWidth,
  readSdxl,
  sdxlColours,
  sdxlHeads,
  sdxlLatentScale,
  sdxlPrediction,
  sdxlPreviews,
} from './sdxl-parts.js';
import { numberOption, sizeVector } from './size-vector.js';

const CLIP = 'conditioner.embedders.0.transformer.text_model.';
const OPEN_CLIP = 'conditioner.embedders.1.model.';
/** Original size, crop and target size: two numbers each. */
const NUMBERS = 6;

/** SDXL base (Podell et al. 2023): CLIP ViT-L and OpenCLIP ViT-bigG side by side, sizes and pooled text as a vector. */
export const sdxlFamily = {
  name: 'sdxl',
  detect(weights, sidecar): DetectedModel | undefined {
    const { shapes, ldm, clip, openClip } = readSdxl(weights, sidecar);
    if (!shapes.has(`${OPEN_CLIP}ln_final.weight`) || !hasLdmUnet(shapes)) return undefined;
    const small: ClipTextConfig = { ...clipDimensions(shapes, CLIP, clip), normalised: false };
    const layer = ldm.count(...embedderPath, '0', 'params', 'layer_idx') ?? small.layers - 1;
    const clipL: ClipTextConfig = { ...small, clipSkip: small.layers + 1 - layer };
    const clipG = openClipDimensions(shapes, OPEN_CLIP, openClip, { normalised: false, pools: true });
    const textWidth = clipL.width + clipG.width;
    const image = imageNetworks(shapes, ldm, { textWidth, latentScale: sdxlLatentScale, heads: sdxlHeads });
    const width = numberWidth(shapes, image.unet.vectorDim, clipG.projection, NUMBERS);
    return {
      family: 'sdxl',
      networks: [
        familyNetwork('token-embedding', CLIP, clipL, tokenEmbedding),
        { ...familyNetwork('text-encoder', CLIP, clipL, clipText), variants: chosenSkip },
        familyNetwork('token-embedding-2', OPEN_CLIP, clipG, openClipEmbedding),
        familyNetwork('text-encoder-2', OPEN_CLIP, clipG, openClipText),
        ...image.networks,
      ],
      prediction: sdxlPrediction(shapes, ldm),
      noise: ldmNoise(shapes, ldm),
      latent: { ...image.latent, colours: sdxlColours, previews: sdxlPreviews },
      text: { width: textWidth, encoders: encoders(clipL, clipG), zerosEmptyNegative: true, vector: baseVector(width) },
    };
  },
} satisfies ModelFamilyContribution;

/** As in the reference the smaller encoder follows the clip skip only where an option says so. */
function chosenSkip({
  sdxl_clip_l_skip: follows,
  CLIP_stop_at_last_layers: skip,
}: Readonly<Record<string, unknown>>): GraphPlan['variants'] {
  return follows === true && typeof skip === 'number' ? { clipSkip: skip } : {};
}

interface Tower {
  readonly width: number;
  readonly layers: number;
}

const encoders = (clipL: Tower, clipG: Tower): TextConditioning['encoders'] => [
  {
    ...{ name: 'clip_l', lookup: 'token-embedding', network: 'text-encoder' },
    ...{ width: clipL.width, layers: clipL.layers, tokenizer: 'clip', padding: 'end' },
  },
  {
    ...{ name: 'clip_g', lookup: 'token-embedding-2', network: 'text-encoder-2', pools: true },
    ...{ width: clipG.width, layers: clipG.layers, tokenizer: 'open-clip', padding: 'zero' },
  },
];

function baseVector(numberWidth: number): TextConditioning['vector'] {
  return (pooled, { width, height, settings }) => {
    const crop = [numberOption(settings, 'sdxl_crop_top'), numberOption(settings, 'sdxl_crop_left')];
    return sizeVector(pooled, [height, width, ...crop, height, width], numberWidth);
  };
}
