import type { JobInfo, Latent, Raster, TextEncoderApi, VaeApi } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { onEngineTime } from '../hooks/index.js';
import { toPlanes } from '../image/index.js';
import { decodeLatent } from './images/decode.js';
import { encodeImage } from './images/encode-image.js';
import type { Run } from './run.js';

/** The jobs at work, so that extensions can use the networks of the job they speak in. */
export class RunningJobs {
  readonly #jobs = new Map<string, Run>();

  /** The run of a job that its networks are asked for from now on. */
  add(run: Run): void {
    this.#jobs.set(run.job.info.id, run);
  }

  remove(job: JobInfo): void {
    this.#jobs.delete(job.id);
  }

  get textEncoder(): TextEncoderApi {
    return {
      encode: (job, text) => onEngineTime(() => this.#find(job, 'text encoder').encoder.encodeText(text)),
    };
  }

  get vae(): VaeApi {
    return {
      decode: (job, latent) => onEngineTime(() => decodeLatent(this.#find(job, 'autoencoder'), latent)),
      encode: (job, image) => onEngineTime(() => encodeRaster(this.#find(job, 'autoencoder'), image)),
    };
  }

  #find(job: JobInfo, thing: string): Run {
    const found = this.#jobs.get(job.id);
    if (!found) throw new HostError('JOB_ENDED', { job: job.id, thing });
    return found;
  }
}

/** Pixels 0…255 → −1…1 → mean of the posterior × scale. */
async function encodeRaster(run: Run, image: Raster): Promise<Latent> {
  const { downscale } = run.model.detected.latent;
  const { width, height } = image;
  if (width % downscale !== 0 || height % downscale !== 0) {
    throw new HostError('SIZE_INVALID', {
      field: 'image',
      seen: `${width}×${height}`,
      minimum: downscale,
      maximum: `a multiple of ${downscale}`,
    });
  }
  return encodeImage(run, await toPlanes(image));
}
