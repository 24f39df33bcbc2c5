import { clipText, tokenEmbedding } from '@armature/nn';
import type { DetectedModel, ModelFamilyContribution } from '@armature/sdk';
import { clipDimensions } from './clip-dimensions.js';
import { clipSkip } from './clip-skip.js';
import { familyNetwork } from './family-network.js';
import { hasLdmUnet, imageNetworks } from './image-networks.js';
import { ldmNoise } from './ldm-noise.js';
import { SidecarReader } from './sidecar-reader.js';
import { WeightShapes } from './weight-shapes.js';

const TEXT = 'cond_stage_model.transformer.text_model.';
/** Files from before `text_model` was part of the name. */
const OLD_TEXT = 'cond_stage_model.transformer.';

/** Keys of families that share the UNet's layout (`guess_model_config_from_state_dict`). */
const others = ['conditioner.embedders', 'cond_stage_model.model', 'cond_stage_model.roberta', 'depth_model', 'embedder.model'];

/** Stable Diffusion 1.x: CompVis layout, CLIP ViT-L text tower, inpainting and instruct-pix2pix by their input channels. */
export const sd1Family = {
  name: 'sd1',
  detect(weights, sidecar): DetectedModel | undefined {
    const shapes = new WeightShapes(weights);
    if (!hasLdmUnet(shapes) || others.some((module) => shapes.hasModule(module))) return undefined;
    const ldm = new SidecarReader(sidecar?.ldm, (problem) => shapes.config(`its .yaml: ${problem}`));
    const textConfig = new SidecarReader(sidecar?.textEncoder, (problem) => shapes.config(`its text encoder's config.json: ${problem}`));
    const textPrefix = shapes.hasModule(`${OLD_TEXT}embeddings`) ? OLD_TEXT : TEXT;
    const text = clipDimensions(shapes, textPrefix, textConfig);
    const image = imageNetworks(shapes, ldm, { textWidth: text.width, latentScale: 0.18215, heads: { count: 8 } });
    const { width, layers } = text;
    return {
      family: 'sd1',
      networks: [
        familyNetwork('token-embedding', textPrefix, text, tokenEmbedding),
        { ...familyNetwork('text-encoder', textPrefix, text, clipText), variants: clipSkip },
        ...image.networks,
      ],
      prediction: ldm.text('model', 'params', 'parameterization') === 'v' || shapes.has('v_pred') ? 'v' : 'epsilon',
      noise: ldmNoise(shapes, ldm),
      latent: image.latent,
      text: {
        width,
        encoders: [
          { name: 'clip_l', lookup: 'token-embedding', network: 'text-encoder', width, layers, tokenizer: 'clip', padding: 'end' },
        ],
      },
    };
  },
} satisfies ModelFamilyContribution;
