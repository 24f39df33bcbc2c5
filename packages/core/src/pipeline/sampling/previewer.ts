import { isHostError, type Latent, type Logger, type Raster } from '@armature/sdk';
import type { Engine } from '../engine.js';
import { type Coder, decodePicture } from '../images/decode-picture.js';
import { decodeSmall, type SmallDecoder, smallDecoderFile } from './decode-small.js';
import { previewLatent } from './linear-preview.js';

/** Makes the previews of one run of a batch. */
export interface Previewer {
  /** Told of each step's estimate (0-based index); a decoded preview that is due is decoded before it returns. @throws HostError JOB_CANCELLED */
  step(index: number, denoised: Latent): Promise<void>;
  /** The last decoded preview; before there is one, and with cheap previews always, a linear picture of this latent. */
  picture(latent: Latent): Raster;
}

/** undefined: the job wants no previews, or only those that settings rule out while sampling (`show_progress_every_n_steps` −1). */
export function createPreviewer(engine: Engine, coder: Coder): Previewer | undefined {
  const { live_previews_enable: wanted, show_progress_type: type, show_progress_every_n_steps: every } = coder.job.settings;
  if (!wanted) return undefined;
  if (type === 'Approx cheap') return { step: async () => {}, picture: (latent) => previewLatent(latent, coder.model.preview) };
  if (every === -1) return undefined;
  const decode: Decode = type === 'Full' ? (row) => decodePicture(coder, row) : smallDecode(engine, coder, type);
  return new DecodedPreviews(coder, { every: Math.max(1, every), type, decode, log: engine.log });
}

/** undefined: there is nothing to decode with. */
type Decode = (row: Latent) => Promise<Raster | undefined>;

function smallDecode(engine: Engine, coder: Coder, type: SmallDecoder): Decode {
  let file: Promise<string | undefined> | undefined;
  return async (row) => {
    file ??= smallDecoderFile(engine, coder, type);
    const path = await file;
    return path === undefined ? undefined : decodeSmall(engine, coder, row, { path, type });
  };
}

interface DecodedOptions {
  readonly every: number;
  readonly type: string;
  readonly decode: Decode;
  readonly log: Logger;
}

/** Decodes the first picture of a batch every few steps, while somebody looks on (`sd_samplers_common.store_latent`). */
class DecodedPreviews implements Previewer {
  readonly #coder: Coder;
  readonly #options: DecodedOptions;
  #last: Raster | undefined;
  #failed = false;

  constructor(coder: Coder, options: DecodedOptions) {
    this.#coder = coder;
    this.#options = options;
  }

  async step(index: number, denoised: Latent): Promise<void> {
    const { every, type, decode, log } = this.#options;
    if (this.#failed || !this.#coder.job.progress.watched || index % every !== 0) return;
    try {
      this.#last = await decode(denoised.rows(0, 1));
      if (this.#last) return;
      this.#failed = true;
      log.info(`No ${type} previews: the file of this decoder is not there. Linear ones take their place.`);
    } catch (error) {
      if (isHostError(error) && error.code === 'JOB_CANCELLED') throw error;
      // A preview never costs the picture: from here on there are linear ones.
      this.#failed = true;
      this.#last = undefined;
      log.warn(`No ${type} previews for this run: ${String(error)}`);
    }
  }

  picture(latent: Latent): Raster {
    return this.#last ?? previewLatent(latent, this.#coder.model.preview);
  }
}
