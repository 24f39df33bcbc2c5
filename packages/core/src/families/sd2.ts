import { openClipEmbedding, openClipText } from '@armature/nn';
import type { DetectedModel, ModelFamilyContribution, WeightMap } from '@armature/sdk';
import { familyNetwork } from './family-network.js';
import { hasLdmUnet, imageNetworks } from './image-networks.js';
import { ldmNoise } from './ldm-noise.js';
import { openClipDimensions } from './open-clip-dimensions.js';
import { SidecarReader } from './sidecar-reader.js';
import { WeightShapes } from './weight-shapes.js';

const TEXT = 'cond_stage_model.model.';
/** SD-Turbo keeps the same tower where SDXL has its encoders. */
const TURBO_TEXT = 'conditioner.embedders.0.model.';
const TURBO_WIDTH = 1024;

/** Models that are conditioned on more than text. */
const others = ['depth_model', 'embedder.model', 'conditioner.embedders.1'];

/** A bias that training for v drives apart: its spread tells both kinds of published files. */
const TELLTALE = 'model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias';
const SPREAD_OF_V = 0.09;

/** Stable Diffusion 2.x: OpenCLIP ViT-H text tower, epsilon or v, inpainting by its input channels. */
export const sd2Family: ModelFamilyContribution = {
  name: 'sd2',
  async detect(weights, sidecar): Promise<DetectedModel | undefined> {
    const shapes = new WeightShapes(weights);
    const prefix = textPrefix(shapes);
    if (prefix === undefined || !hasLdmUnet(shapes) || others.some((module) => shapes.hasModule(module))) return undefined;
    const ldm = new SidecarReader(sidecar?.ldm, (problem) => shapes.config(`its .yaml: ${problem}`));
    const tower = new SidecarReader(sidecar?.openClip, (problem) => shapes.config(`its text encoder's description: ${problem}`));
    const text = openClipDimensions(shapes, prefix, tower, { normalised: true, pools: false });
    const image = imageNetworks(shapes, ldm, { textWidth: text.width, latentScale: 0.18215, heads: { channels: 64 } });
    const { width, layers } = text;
    return {
      family: 'sd2',
      networks: [
        familyNetwork('token-embedding', prefix, text, openClipEmbedding),
        familyNetwork('text-encoder', prefix, text, openClipText),
        ...image.networks,
      ],
      prediction: (await predictsV(weights, sidecar?.ldm && ldm, image.unet.inChannels === image.latent.channels)) ? 'v' : 'epsilon',
      noise: ldmNoise(shapes, ldm),
      latent: image.latent,
      text: {
        width,
        encoders: [
          { name: 'clip_l', lookup: 'token-embedding', network: 'text-encoder', width, layers, tokenizer: 'open-clip', padding: 'zero' },
        ],
      },
    };
  },
};

function textPrefix(shapes: WeightShapes): string | undefined {
  if (shapes.hasModule(`${TEXT}transformer.resblocks`)) return TEXT;
  if (!shapes.has(`${TURBO_TEXT}ln_final.weight`)) return undefined;
  return shapes.length(`${TURBO_TEXT}ln_final.weight`, 0, 1, 'text-encoder') === TURBO_WIDTH ? TURBO_TEXT : undefined;
}

/** The yaml says it; else the key `v_pred`; else the weights. Inpainting models were all trained for epsilon. */
async function predictsV(weights: WeightMap, ldm: SidecarReader | undefined, plain: boolean): Promise<boolean> {
  if (ldm) return ldm.text('model', 'params', 'parameterization') === 'v';
  if (weights.keys.has('v_pred')) return true;
  const values = plain ? await weights.get(TELLTALE)?.read() : undefined;
  if (!values || values.length === 0) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) > SPREAD_OF_V;
}
