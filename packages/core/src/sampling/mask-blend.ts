import type { Latent, SamplerContribution, StepInfo } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { guidanceLevel } from './guidance-options.js';
import type { LatentMask } from './latent-mask.js';
import type { SamplingMoments } from './sampling-moments.js';

/** Keeps what a mask does not let be painted anew: current · repaint + original · (1 − repaint). */
export class MaskBlend {
  readonly #moments: SamplingMoments;
  readonly #kind: SamplerContribution['kind'];
  readonly #original: Latent;
  readonly #repaint: Latent;
  /** What is kept of the original. */
  readonly #kept: Latent;

  constructor({ original, repaint }: LatentMask, moments: SamplingMoments, kind: SamplerContribution['kind']) {
    this.#moments = moments;
    this.#kind = kind;
    this.#original = original;
    this.#repaint = spread(repaint, original);
    this.#kept = original.mul(this.#repaint.map((value) => 1 - value));
  }

  async of(current: Latent, step: StepInfo, final = false): Promise<Latent> {
    const blended = current.mul(this.#repaint).add(this.#kept);
    const facts = { current, original: this.#original, repaint: this.#repaint, level: guidanceLevel(this.#kind, step), final };
    return this.#moments.blend ? this.#moments.blend(blended, facts, step) : blended;
  }
}

/** A mask for one picture or one channel holds for all. @throws RangeError for a mask of another size */
function spread(mask: Latent, like: Latent): Latent {
  const { batch, channels, height, width } = like;
  const fits = mask.height === height && mask.width === width && [1, batch].includes(mask.batch) && [1, channels].includes(mask.channels);
  if (!fits) throw new RangeError(`a mask of [${mask.shape}] does not fit a latent of [${like.shape}]`);
  const source = viewOf(mask);
  const size = height * width;
  return like.map((_, index) => {
    const plane = Math.floor(index / size);
    const row = Math.floor(plane / channels) % mask.batch;
    const channel = (plane % channels) % mask.channels;
    return source[(row * mask.channels + channel) * size + (index % size)] as number;
  });
}
