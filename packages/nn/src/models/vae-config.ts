/** Dimensions of an autoencoder in the layout of `ldm.modules.diffusionmodules.model`. */
export interface VaeConfig {
  readonly channels: number;
  /** Channels of each level, from the picture down, in units of `channels`. */
  readonly channelMult: readonly number[];
  /** Residual blocks of each level in the encoder; one more in the decoder. */
  readonly numResBlocks: number;
  /** Channels inside encoder and decoder at the latent's end. */
  readonly zChannels: number;
  /** Channels of the latent. */
  readonly embedDim: number;
  readonly imageChannels: number;
}
