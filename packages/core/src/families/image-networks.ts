import { type UnetConfig, unet, vaeDecoder, vaeEncoder } from '@armature/nn';
import type { DetectedModel, FamilyNetwork } from '@armature/sdk';
import { familyNetwork } from './family-network.js';
import type { SidecarReader } from './sidecar-reader.js';
import { type UnetDefaults, unetDimensions } from './unet-dimensions.js';
import { vaeDimensions } from './vae-dimensions.js';
import type { WeightShapes } from './weight-shapes.js';
import { decoderWorkingBytes, encoderWorkingBytes, unetWorkingBytes } from './working-bytes.js';

const UNET = 'model.diffusion_model.';
const VAE = 'first_stage_model.';

/** What families of the LDM layout differ in. */
export interface ImageOptions extends UnetDefaults {
  /** Width of the hidden states the text encoders make. */
  readonly textWidth: number;
  /** What the latent is multiplied by, when the yaml does not say. */
  readonly latentScale: number;
}

export interface ImageNetworks {
  readonly networks: readonly FamilyNetwork[];
  readonly unet: UnetConfig;
  readonly latent: DetectedModel['latent'];
}

/** Whether a file has the UNet that all families of the LDM layout have. */
export const hasLdmUnet = (shapes: WeightShapes): boolean => shapes.hasModule(`${UNET}input_blocks`);

/** UNet and VAE of a checkpoint in LDM layout. @throws HostError CKPT_* */
export function imageNetworks(
  shapes: WeightShapes,
  ldm: SidecarReader,
  { textWidth, latentScale, ...defaults }: ImageOptions,
): ImageNetworks {
  const denoiser = unetDimensions(shapes, UNET, ldm, defaults);
  const vae = vaeDimensions(shapes, VAE);
  if (denoiser.contextDim !== textWidth)
    shapes.config(`its UNet expects a context of width ${denoiser.contextDim}, its text encoder makes ${textWidth}`);
  if (denoiser.outChannels !== vae.embedDim)
    shapes.config(`its UNet makes a latent of ${denoiser.outChannels} channels, its VAE takes one of ${vae.embedDim}`);
  const downscale = 2 ** (vae.channelMult.length - 1);
  return {
    networks: [
      { ...familyNetwork('unet', UNET, denoiser, unet), workingBytes: unetWorkingBytes(denoiser, downscale) },
      { ...familyNetwork('vae-encoder', VAE, vae, vaeEncoder), workingBytes: encoderWorkingBytes(vae) },
      { ...familyNetwork('vae-decoder', VAE, vae, vaeDecoder), workingBytes: decoderWorkingBytes(vae) },
    ],
    unet: denoiser,
    latent: {
      channels: denoiser.outChannels,
      scale: ldm.positive('model', 'params', 'scale_factor') ?? latentScale,
      downscale,
      previews: { taesd: 'taesd_decoder', approx: 'model' },
    },
  };
}
