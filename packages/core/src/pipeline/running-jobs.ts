import {
  type JobInfo,
  type Latent,
  type NoiseApi,
  type Raster,
  Tensor,
  type TextEncoderApi,
  type UnetApi,
  type VaeApi,
} from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { owned } from '@armature/sdk/internal';
import { onEngineTime } from '../hooks/index.js';
import { toPlanes } from '../image/index.js';
import { createGenerator, type NoiseSource } from '../sampling/index.js';
import { decodeLatent } from './images/decode.js';
import { encodeImage } from './images/encode-image.js';
import type { Run, RunModel } from './run.js';
import { keptOutputs } from './sampling/open-unet.js';

/** What a batch is sampled with. */
interface Sampling {
  /** The model that denoises at the moment. */
  readonly by: () => RunModel;
  readonly seeds: readonly number[];
}

/** The jobs at work, so that extensions can use the networks of the job they speak in. */
export class RunningJobs {
  readonly #jobs = new Map<string, Run>();
  readonly #sampling = new Map<string, Sampling>();

  /** The run of a job that its networks are asked for from now on. */
  add(run: Run): void {
    this.#jobs.set(run.job.info.id, run);
  }

  /** Sampling of a batch begins. */
  sample(job: JobInfo, sampling: Sampling): void {
    this.#sampling.set(job.id, sampling);
  }

  remove(job: JobInfo): void {
    this.#jobs.delete(job.id);
    this.#sampling.delete(job.id);
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

  get unet(): UnetApi {
    return {
      run: (job, feeds, { keep }) => onEngineTime(() => keptOutputs(this.#sampled(job, 'UNet').by(), feeds, keep)),
    };
  }

  get noise(): NoiseApi {
    return {
      seeds: (job) => this.#sampled(job, 'batch').seeds,
      stream: ({ settings }, seed) => {
        const generator = createGenerator(settings.randn_source as NoiseSource, seed);
        return { normal: (shape) => new Tensor(owned(generator.randn(shape.reduce((count, dim) => count * dim, 1))), shape) };
      },
    };
  }

  #find(job: JobInfo, thing: string): Run {
    return wanted(this.#jobs.get(job.id), job, thing);
  }

  #sampled(job: JobInfo, thing: string): Sampling {
    return wanted(this.#sampling.get(job.id), job, thing);
  }
}

function wanted<T>(found: T | undefined, job: JobInfo, thing: string): T {
  if (found === undefined) throw new HostError('JOB_ENDED', { job: job.id, thing });
  return found;
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
