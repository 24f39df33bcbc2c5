import type { UnetConfig, VaeConfig } from '@armature/nn';
import type { FamilyNetwork } from '@armature/sdk';

type WorkingBytes = NonNullable<FamilyNetwork['workingBytes']>;

const FLOAT_BYTES = 4;
/** Channels of a transformer's feed-forward part as multiples of its width: gated projection 8, gate 4, input, residual and their sum 4. */
const TRANSFORMER_WIDTHS = 16;

/** What a step of the UNet keeps: every skip connection, and the widest block of the first level. Attention keeps no S×S matrix. */
export function unetWorkingBytes({ modelChannels, channelMult, numResBlocks }: UnetConfig, downscale: number): WorkingBytes {
  return ({ width, height, batch }) => {
    const cells = (width / downscale) * (height / downscale);
    const skips = channelMult.reduce((sum, multiple, level) => sum + ((numResBlocks + 2) * modelChannels * multiple) / 4 ** level, 0);
    const widest = TRANSFORMER_WIDTHS * modelChannels * (channelMult[0] ?? 1);
    return FLOAT_BYTES * batch * cells * (skips + widest);
  };
}

/** What the encoder keeps in its first level: a block's input, its normalised form and its residual. */
export function encoderWorkingBytes({ channels, channelMult }: VaeConfig): WorkingBytes {
  const [first = 1] = channelMult;
  return ({ width, height, batch }) => FLOAT_BYTES * batch * width * height * channels * 3 * first;
}

/** What the decoder keeps in its last level: a block's input, its normalised form and its residual before the channels shrink. */
export function decoderWorkingBytes({ channels, channelMult }: VaeConfig): WorkingBytes {
  const [last = 1, before = last] = channelMult;
  return ({ width, height, batch }) => FLOAT_BYTES * batch * width * height * channels * (3 * before + 2 * last);
}
