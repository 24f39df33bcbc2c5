import type { UnetConfig } from '@armature/nn';

/** A cross-attention of a UNet. */
export interface AttentionPlace {
  /** Module path, `unet.input_blocks.1.1.transformer_blocks.0.attn2`. */
  readonly path: string;
  readonly width: number;
  /** Its transformer among those of the UNet: one weight of `advanced_weighting`. */
  readonly transformer: number;
  /** Halvings of the latent before it. */
  readonly level: number;
}

/** The cross-attentions in the order that IP-Adapters number them: on the way down, on the way up, in the middle. */
export function attentionPlaces({
  channelMult,
  numResBlocks,
  modelChannels,
  transformerDepth,
  middleTransformerDepth,
}: UnetConfig): readonly AttentionPlace[] {
  const last = channelMult.length - 1;
  const transformers = [
    ...channelMult.flatMap((_, level) =>
      Array.from({ length: numResBlocks }, (_, at) => ({ block: `input_blocks.${1 + level * (numResBlocks + 1) + at}`, level })),
    ),
    ...channelMult.flatMap((_, step) =>
      Array.from({ length: numResBlocks + 1 }, (_, at) => ({
        block: `output_blocks.${step * (numResBlocks + 1) + at}`,
        level: last - step,
      })),
    ),
  ].map(({ block, level }) => ({ block, level, depth: transformerDepth[level]! }));
  return [...transformers, { block: 'middle_block', level: last, depth: middleTransformerDepth }]
    .filter(({ depth }) => depth > 0)
    .flatMap(({ block, level, depth }, transformer) =>
      Array.from({ length: depth }, (_, at) => ({
        path: `unet.${block}.1.transformer_blocks.${at}.attn2`,
        width: channelMult[level]! * modelChannels,
        transformer,
        level,
      })),
    );
}
