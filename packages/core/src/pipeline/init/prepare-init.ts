import { type InitRequest, Latent, type Raster, type Tensor } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { viewOf } from '@armature/sdk/internal';
import { cropImage, fillMasked, fitImage, flattenOn, latentMask, toPlanes } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { DecodedBatch } from '../finish/finish.js';
import { findUpscaler } from '../images/upscale.js';
import { assertFits } from '../models/assert-fits.js';
import type { PictureSize, Run } from '../run.js';
import type { SampleStart } from '../sampling/sample.js';
import { compositeInto } from './composite-into.js';
import { encodeToSize } from './encode-to-size.js';
import { fillLatent } from './fill-latent.js';
import { conditionOnPictures, guidedByPicture } from './image-conditioning.js';
import { type PreparedMask, prepareMask } from './prepare-mask.js';

/** What an image-to-image job starts from; the same for each of its batches. */
export interface PreparedInit {
  readonly start: SampleStart;
  /** How finished pictures get what was given back; undefined: they stay as they are. */
  readonly composite: DecodedBatch['composite'];
  /** The mask had no white spot, so that the whole picture is painted. */
  readonly maskEmpty: boolean;
}

/**
 * Given pictures → the latent sampling starts from, with its mask (`StableDiffusionProcessingImg2Img.init`).
 * @throws HostError REQUEST_INVALID, UPSCALER_UNKNOWN, GRAPH_NAN, RUNTIME_*
 */
export async function prepareInit(engine: Engine, run: Run, init: InitRequest): Promise<PreparedInit> {
  const { settings } = run.job;
  const [first] = init.images as readonly [Raster, ...Raster[]];
  assertUsable(init, run);
  // Others are fitted to the run's size, which was looked at when it was planned.
  if (init.resizeMode === 'latent') {
    for (const size of init.images) assertFits(engine, run.model, { size, settings, rows: { 'vae-encoder': 1 } });
  }
  const mode = init.resizeMode === 'latent' ? 'fill' : init.resizeMode;
  const mask = init.mask && (await prepareMask(init.mask, run.size, { mode, picture: first }));
  const { content = 'original', round = true } = init.mask ?? {};
  const pictures: InitPicture[] = [];
  for (const image of init.images) pictures.push(await fitPicture(engine, run, init, { image, mask }));
  const planes: Tensor[] = [];
  const latents: Latent[] = [];
  for (const [index, picture] of pictures.entries()) {
    const shown = mask && content !== 'original' ? await fillMasked(picture.fitted, mask.latent) : picture.fitted;
    pictures[index] = { ...picture, fitted: shown };
    const plane = await toPlanes(shown);
    planes.push(plane);
    latents.push(await encodeToSize(run, plane));
  }
  const encoded = spread(latents, run);
  const repaint = mask && (await maskOn(encoded, mask.latent, round));
  const latent = repaint && content.startsWith('latent') ? await fillLatent(engine, run, encoded, repaint, content) : encoded;
  const pixels = mask && run.model.inputs === 'inpainting' ? await maskOn(run.size, mask.mask, round) : undefined;
  return {
    start: {
      init: latent,
      mask: repaint && { original: latent, repaint },
      concat: await conditionOnPictures(run, planes, pixels),
      noiseMultiplier: settings.initial_noise_multiplier,
      extraNoise: settings.img2img_extra_noise,
      imageCfgScale: guidedByPicture(run) ? init.imageCfgScale : undefined,
    },
    composite: await compositeInto(engine, run, pictures, mask),
    maskEmpty: init.mask !== undefined && mask === undefined,
  };
}

/** A given picture: whole as it lies under the result, and as it is encoded. */
export interface InitPicture {
  readonly whole: Raster;
  readonly fitted: Raster;
}

async function fitPicture(
  engine: Engine,
  run: Run,
  { resizeMode }: InitRequest,
  { image, mask }: { readonly image: Raster; readonly mask: PreparedMask | undefined },
): Promise<InitPicture> {
  const flat = await flattenOn(image, run.job.settings.img2img_background_color);
  const upscale = await findUpscaler(engine, run, run.job.settings.upscaler_for_img2img);
  if (mask?.region) {
    return { whole: flat, fitted: await fitImage(cropImage(flat, mask.region), { ...run.size, mode: 'fill', upscale }) };
  }
  const fitted = resizeMode === 'latent' ? flat : await fitImage(flat, { ...run.size, mode: resizeMode, upscale });
  return { whole: fitted, fitted };
}

/** One picture is the start of the whole batch. */
function spread(latents: readonly Latent[], { job }: Run): Latent {
  const { batchSize } = job.info.request;
  const [first, ...others] = latents as readonly [Latent, ...Latent[]];
  return latents.length === 1 ? first.concat(...Array.from({ length: batchSize - 1 }, () => first)) : first.concat(...others);
}

/** A mask on a grid: [1, 1, height, width] of 0…1. */
async function maskOn({ width, height }: PictureSize, mask: Raster, round: boolean): Promise<Latent> {
  const values = await latentMask(mask, { width, height, round });
  return new Latent(viewOf(values), values.shape);
}

/** @throws HostError REQUEST_INVALID */
function assertUsable({ images, resizeMode, mask }: InitRequest, { job, size, model }: Run): void {
  const { batchSize } = job.info.request;
  if (images.length > 1 && images.length !== batchSize) {
    const problem = `give one picture, or one for each of the ${batchSize} pictures of a batch (batchSize)`;
    throw new HostError('REQUEST_INVALID', { field: 'init.images', problem, seen: `${images.length} pictures` });
  }
  if (mask && (size.width % 8 !== 0 || size.height % 8 !== 0)) {
    const seen = `${size.width}×${size.height}`;
    throw new HostError('REQUEST_INVALID', { field: 'width and height', problem: 'with a mask they are multiples of 8', seen });
  }
  const { downscale } = model.detected.latent;
  const tiny = resizeMode === 'latent' && images.find(({ width, height }) => Math.min(width, height) < downscale);
  if (tiny) {
    const problem = `the mode latent needs pictures of at least ${downscale}×${downscale}; choose stretch, crop or fill`;
    throw new HostError('REQUEST_INVALID', { field: 'init.resizeMode', problem, seen: `a picture of ${tiny.width}×${tiny.height}` });
  }
  const odd = images.find(({ width, height }) => width !== size.width || height !== size.height);
  if (mask && resizeMode === 'latent' && odd) {
    const problem = `with a mask the mode latent needs pictures of ${size.width}×${size.height}; choose stretch, crop or fill`;
    throw new HostError('REQUEST_INVALID', { field: 'init.resizeMode', problem, seen: `a picture of ${odd.width}×${odd.height}` });
  }
}
