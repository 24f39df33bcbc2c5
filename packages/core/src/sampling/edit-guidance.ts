import type { Conditioning, DenoiserFeeds, Latent, Predictions } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { JoinedConditioning } from './joined-conditioning.js';
import type { PictureWeights } from './positive-rows.js';
import type { SamplingInput } from './sampling-input.js';

/** Guidance by a prompt and by a picture to edit: InstructPix2Pix, Brooks et al. 2022, equation 3. */
export interface EditGuidance {
  /** @throws HostError REQUEST_INVALID for a prompt of several parts, which this guidance has no rows for */
  assertWhole(weights: PictureWeights | undefined): void;
  /** The negative prompt with the picture, then without: twice the rows. */
  negative(latent: Latent, conditioning: Conditioning): Pick<DenoiserFeeds, 'latent' | 'conditioning' | 'concat'>;
  /**
   * The three predictions as two: none + picture scale · (picture − none), and that with what the prompt adds. Guidance by
   * them equals guidance by all three.
   */
  fold(cond: Latent, negative: Latent): Predictions;
}

/** Undefined: classifier-free guidance alone. */
export function editGuidance({ concat, imageCfgScale = 1 }: SamplingInput): EditGuidance | undefined {
  if (!concat || imageCfgScale === 1) return undefined;
  const twice = new JoinedConditioning();
  const pictures = concat.cond.concat(concat.cond.map(() => 0));
  return {
    assertWhole(weights) {
      const parts = Math.max(1, ...(weights ?? []).map((row) => row.length));
      if (parts === 1) return;
      const problem = 'an image CFG scale cannot guide a prompt joined by AND; write it as one part, or leave the scale out';
      throw new HostError('REQUEST_INVALID', { field: 'prompt', problem, seen: `${parts} parts` });
    },
    negative: (latent, conditioning) => ({
      latent: latent.concat(latent),
      conditioning: twice.of(conditioning, conditioning),
      concat: pictures,
    }),
    fold(cond, negative) {
      const { batch } = cond;
      const none = negative.rows(batch, 2 * batch);
      const picture = negative.rows(0, batch);
      const uncond = none.add(picture.sub(none).scale(imageCfgScale));
      return { cond: uncond.add(cond.sub(picture)), uncond };
    },
  };
}
