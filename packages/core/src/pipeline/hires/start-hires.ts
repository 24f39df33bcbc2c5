import type { Latent, Raster, Tensor } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { cropImage, fitImage, toPlanes } from '../../image/index.js';
import { cropLatent, latentUpscaleModes, resizeLatent } from '../../sampling/index.js';
import type { Engine } from '../engine.js';
import { decodeLatent } from '../images/decode.js';
import { encodeImage } from '../images/encode-image.js';
import { type Enlarge, findUpscaler } from '../images/upscale.js';
import { conditionOnNothing, conditionOnPictures } from '../init/image-conditioning.js';
import type { Run } from '../run.js';
import type { Sampled, SampleStart } from '../sampling/sample.js';
import type { HiresSize } from './hires-size.js';

/** How the picture of the first run becomes the start of the second. */
export type HiresUpscaler = { readonly latent: (typeof latentUpscaleModes)[string] } | { readonly pixels: Enlarge };

/** @throws HostError UPSCALER_UNKNOWN */
export async function hiresUpscaler(engine: Engine, run: Run, name: string): Promise<HiresUpscaler> {
  const latent = latentUpscaleModes[name];
  return latent ? { latent } : { pixels: await findUpscaler(engine, run, name, Object.keys(latentUpscaleModes)) };
}

export interface HiresStart {
  readonly start: SampleStart;
  /** Pictures of the first run, where it was decoded. */
  readonly before: readonly Raster[];
}

/** The batch of the first run, enlarged, as the second starts from it (`sample_hr_pass`). */
export async function startHires(run: Run, first: Sampled, { covered, cut }: HiresSize, upscaler: HiresUpscaler): Promise<HiresStart> {
  const { settings } = run.job;
  const extra = { extraNoise: settings.img2img_extra_noise };
  if ('latent' in upscaler) {
    const resized = resizeLatent(first.latent, cellsOf(run, covered), upscaler.latent);
    const init = cutLatent(resized, cut);
    const concat = await latentConditioning(run, init);
    return { start: { init, concat, ...extra }, before: [] };
  }
  const before = await decodeLatent(first.by, first.latent);
  const planes: Tensor[] = [];
  const latents: Latent[] = [];
  for (const raster of before) {
    const larger = await fitImage(raster, { ...covered, mode: 'stretch', upscale: upscaler.pixels });
    latents.push(cutLatent(await encodeImage(run, await toPlanes(larger)), cut));
    if (run.model.inputs !== 'latent') planes.push(await shownPlanes(cropImage(larger, windowOf(run, cut))));
  }
  const init = join(latents);
  return { start: { init, concat: await conditionOnPictures(run, planes), ...extra }, before };
}

/** The reference shows 0…1 here, though the encoder was trained on −1…1; otherwise soft masks would make other pictures. */
const shownPlanes = (image: Raster): Promise<Tensor> => toPlanes(image, { unit: true });

const cellsOf = ({ model }: Run, { width, height }: { readonly width: number; readonly height: number }) => ({
  width: Math.floor(width / model.detected.latent.downscale),
  height: Math.floor(height / model.detected.latent.downscale),
});

/** The part of the enlarged picture that the second run makes. */
const windowOf = ({ size, model }: Run, { x, y }: HiresSize['cut']) => {
  const { downscale } = model.detected.latent;
  return { x: Math.floor(x / 2) * downscale, y: Math.floor(y / 2) * downscale, ...size };
};

function cutLatent(latent: Latent, { x, y }: HiresSize['cut']): Latent {
  if (x === 0 && y === 0) return latent;
  return cropLatent(latent, { left: Math.floor(x / 2), top: Math.floor(y / 2), width: latent.width - x, height: latent.height - y });
}

/** As in the reference, only a soft conditioning mask makes it worth decoding the latent. */
async function latentConditioning(run: Run, init: Latent): Promise<SampleStart['concat']> {
  if (run.model.inputs === 'latent') return undefined;
  if (run.model.inputs === 'inpainting' && run.job.settings.inpainting_mask_weight === 1) return conditionOnNothing(run);
  const planes: Tensor[] = [];
  for (const raster of await decodeLatent(run, init)) planes.push(await toPlanes(raster));
  return conditionOnPictures(run, planes);
}

function join([first, ...others]: readonly Latent[]): Latent {
  if (!first) throw new HostError('INTERNAL', { problem: 'the first run of hires fix made no picture' });
  return first.concat(...others);
}
