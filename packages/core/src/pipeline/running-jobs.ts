import { Conditioning, HostError, type JobInfo, Latent, type Raster, Tensor, type TextEncoderApi, type VaeApi } from '@armature/sdk';
import { owned, pixelsOf, viewOf } from '@armature/sdk/internal';
import { decodeLatent } from './decode.js';
import type { PromptEncoder } from './encode-prompts.js';
import type { Run } from './run.js';

interface RunningJob {
  readonly run: Run;
  readonly encoder: PromptEncoder;
}

/** The jobs at work, so that extensions can use the networks of the job they speak in. */
export class RunningJobs {
  readonly #jobs = new Map<string, RunningJob>();

  add(run: Run, encoder: PromptEncoder): void {
    this.#jobs.set(run.job.info.id, { run, encoder });
  }

  remove(job: JobInfo): void {
    this.#jobs.delete(job.id);
  }

  get textEncoder(): TextEncoderApi {
    return {
      encode: async (job, text) => new Conditioning(await this.#find(job, 'text encoder').encoder.encodeText(text)),
    };
  }

  get vae(): VaeApi {
    return {
      decode: (job, latent) => decodeLatent(this.#find(job, 'autoencoder').run, latent),
      encode: (job, image) => encodeRaster(this.#find(job, 'autoencoder').run, image),
    };
  }

  #find(job: JobInfo, thing: string): RunningJob {
    const found = this.#jobs.get(job.id);
    if (!found) throw new HostError('JOB_ENDED', { job: job.id, thing });
    return found;
  }
}

/** Pixels 0…255 → −1…1 → mean of the posterior × scale. */
async function encodeRaster({ job, model, networks }: Run, image: Raster): Promise<Latent> {
  const { channels, scale, downscale } = model.detected.latent;
  const { width, height } = image;
  if (width % downscale !== 0 || height % downscale !== 0) {
    throw new HostError('SIZE_INVALID', {
      field: 'image',
      seen: `${width}×${height}`,
      minimum: downscale,
      maximum: `a multiple of ${downscale}`,
    });
  }
  const session = await networks.session('vae-encoder');
  const { outputs } = await session.run({ image: [toPlanes(image)] }, { signal: job.info.signal });
  const moments = viewOf(outputs.moments as Tensor);
  const mean = new Latent(moments.subarray(0, moments.length / 2), [1, channels, height / downscale, width / downscale]);
  return mean.scale(scale);
}

/** Interleaved bytes → [1, 3, height, width]; grey is repeated, alpha is left out. */
function toPlanes(image: Raster): Tensor {
  const { width, height, channels } = image;
  const pixels = pixelsOf(image);
  const plane = width * height;
  const data = new Float32Array(plane * 3);
  for (let i = 0; i < plane; i++) {
    for (let rgb = 0; rgb < 3; rgb++) {
      data[rgb * plane + i] = ((pixels[i * channels + (channels === 1 ? 0 : rgb)] as number) / 255) * 2 - 1;
    }
  }
  return new Tensor(owned(data), [1, 3, height, width]);
}
