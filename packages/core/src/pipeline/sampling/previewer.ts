import { isHostError, type Latent, type Logger, type Raster } from '@armature/sdk';
import type { Engine } from '../engine.js';
import { type Coder, decodePicture } from '../images/decode-picture.js';
import { previewLatent } from './linear-preview.js';

/** Makes the previews of one run of a batch. */
export interface Previewer {
  /** Told of each step's estimate (0-based index); a full preview that is due is decoded before it returns. @throws HostError JOB_CANCELLED */
  step(index: number, denoised: Latent): Promise<void>;
  /** The last full preview; before there is one, and with cheap previews always, a linear picture of this latent. */
  picture(latent: Latent): Raster;
}

/** undefined: the job wants no previews, or only those that settings rule out while sampling (`show_progress_every_n_steps` −1). */
export function createPreviewer({ log }: Pick<Engine, 'log'>, coder: Coder): Previewer | undefined {
  const { live_previews_enable: wanted, show_progress_type: type, show_progress_every_n_steps: every } = coder.job.settings;
  if (!wanted) return undefined;
  if (type === 'Full') return every === -1 ? undefined : new FullPreviews(coder, Math.max(1, every), log);
  return { step: async () => {}, picture: (latent) => previewLatent(latent, coder.model.preview) };
}

/** Decodes the first picture of a batch every few steps, while somebody looks on (`sd_samplers_common.store_latent`). */
class FullPreviews implements Previewer {
  readonly #coder: Coder;
  readonly #every: number;
  readonly #log: Logger;
  #last: Raster | undefined;
  #failed = false;

  constructor(coder: Coder, every: number, log: Logger) {
    this.#coder = coder;
    this.#every = every;
    this.#log = log;
  }

  async step(index: number, denoised: Latent): Promise<void> {
    const { progress } = this.#coder.job;
    if (this.#failed || !progress.watched || index % this.#every !== 0) return;
    try {
      this.#last = await decodePicture(this.#coder, denoised.rows(0, 1));
    } catch (error) {
      if (isHostError(error) && error.code === 'JOB_CANCELLED') throw error;
      // A preview never costs the picture: from here on there are linear ones.
      this.#failed = true;
      this.#last = undefined;
      this.#log.warn(`No full previews for this run: ${String(error)}`);
    }
  }

  picture(latent: Latent): Raster {
    return this.#last ?? previewLatent(latent, this.#coder.model.preview);
  }
}
