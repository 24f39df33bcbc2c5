import { clipText, tokenEmbedding, unet, vaeDecoder, vaeEncoder } from '@armature/nn';
import type { DetectedModel, FamilyNetwork, GraphBuilder, ModelFamilyContribution } from '@armature/sdk';
import { clipDimensions } from './clip-dimensions.js';
import { SidecarReader } from './sidecar-reader.js';
import { unetDimensions } from './unet-dimensions.js';
import { vaeDimensions } from './vae-dimensions.js';
import { WeightShapes } from './weight-shapes.js';
import { decoderWorkingBytes, encoderWorkingBytes, unetWorkingBytes } from './working-bytes.js';

const UNET = 'model.diffusion_model.';
const VAE = 'first_stage_model.';
const TEXT = 'cond_stage_model.transformer.text_model.';
/** Files from before `text_model` was part of the name. */
const OLD_TEXT = 'cond_stage_model.transformer.';

/** Keys of families that share the UNet's layout (`guess_model_config_from_state_dict`). */
const others = ['conditioner.embedders', 'cond_stage_model.model', 'cond_stage_model.roberta', 'depth_model', 'embedder.model'];

/** Stable Diffusion 1.x: CompVis layout, CLIP ViT-L text tower, inpainting and instruct-pix2pix by their input channels. */
export const sd1Family: ModelFamilyContribution = {
  name: 'sd1',
  detect(weights, sidecar) {
    const shapes = new WeightShapes(weights);
    if (!shapes.hasModule(`${UNET}input_blocks`) || others.some((module) => shapes.hasModule(module))) return undefined;
    const ldm = new SidecarReader(sidecar?.ldm, (problem) => shapes.config(`its .yaml: ${problem}`));
    const textConfig = new SidecarReader(sidecar?.textEncoder, (problem) => shapes.config(`its text encoder's config.json: ${problem}`));
    const textPrefix = shapes.hasModule(`${OLD_TEXT}embeddings`) ? OLD_TEXT : TEXT;
    const text = clipDimensions(shapes, textPrefix, textConfig);
    const denoiser = unetDimensions(shapes, UNET, ldm);
    const vae = vaeDimensions(shapes, VAE);
    if (denoiser.contextDim !== text.width)
      shapes.config(`its UNet expects a context of width ${denoiser.contextDim}, its text encoder makes ${text.width}`);
    if (denoiser.outChannels !== vae.embedDim)
      shapes.config(`its UNet makes a latent of ${denoiser.outChannels} channels, its VAE takes one of ${vae.embedDim}`);
    const downscale = 2 ** (vae.channelMult.length - 1);
    return {
      family: 'sd1',
      networks: [
        network('token-embedding', textPrefix, text, tokenEmbedding),
        network('text-encoder', textPrefix, text, clipText),
        { ...network('unet', UNET, denoiser, unet), workingBytes: unetWorkingBytes(denoiser, downscale) },
        { ...network('vae-encoder', VAE, vae, vaeEncoder), workingBytes: encoderWorkingBytes(vae) },
        { ...network('vae-decoder', VAE, vae, vaeDecoder), workingBytes: decoderWorkingBytes(vae) },
      ],
      ...diffusion(ldm),
      latent: {
        channels: denoiser.outChannels,
        scale: ldm.positive('model', 'params', 'scale_factor') ?? 0.18215,
        downscale,
      },
      text: { width: text.width, layers: text.layers, tokenizer: 'clip' },
    };
  },
};

function network<C extends object>(
  name: string,
  weightPrefix: string,
  config: C,
  emit: (g: GraphBuilder, config: C) => Promise<void>,
): FamilyNetwork {
  return { name, weightPrefix, config: Object.fromEntries(Object.entries(config)), emit: (g) => emit(g, config) };
}

function diffusion(ldm: SidecarReader): Pick<DetectedModel, 'prediction' | 'noise'> {
  const params = (name: string) => ldm.positive('model', 'params', name);
  return {
    prediction: ldm.text('model', 'params', 'parameterization') === 'v' ? 'v' : 'epsilon',
    noise: {
      linearStart: params('linear_start') ?? 0.00085,
      linearEnd: params('linear_end') ?? 0.012,
      timesteps: ldm.count('model', 'params', 'timesteps') ?? 1000,
    },
  };
}
