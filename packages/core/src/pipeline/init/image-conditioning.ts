import { Latent, Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import { encodeImage } from '../encode-image.js';
import type { PictureSize, Run } from '../run.js';
import type { SampleStart } from '../sample.js';
import { encodeToSize, latentSize } from './encode-to-size.js';

type Conditioned = SampleStart['concat'];

/** What a checkpoint that wants a picture is shown in text to image: grey under a full mask, or nothing (`txt2img_image_conditioning`). */
export async function conditionOnNothing(run: Run): Promise<Conditioned> {
  const { model, size, job } = run;
  if (model.inputs === 'latent') return undefined;
  const { height, width } = latentSize(run);
  const { batchSize } = job.info.request;
  if (model.inputs === 'edit') return both(filled([batchSize, model.detected.latent.channels, height, width], 0));
  const grey = new Tensor(owned(new Float32Array(3 * size.height * size.width)), [1, 3, size.height, size.width]);
  const encoded = await encodeImage(run, grey);
  return both(repeat(withMask(filled([1, 1, height, width], 1), encoded), batchSize));
}

/**
 * What such a checkpoint is shown of the given pictures (`img2img_image_conditioning`): mask and picture without the masked
 * part, or the picture to edit. `planes`: [1, 3, height, width] of −1…1, one for each picture of a batch or one for all.
 */
export async function conditionOnPictures(run: Run, planes: readonly Tensor[], mask?: PixelMask): Promise<Conditioned> {
  const { inputs } = run.model;
  if (inputs === 'latent') return undefined;
  const rows: Latent[] = [];
  for (const plane of planes) {
    rows.push(await (inputs === 'edit' ? encodeToSize(run, plane, { scaled: false }) : inpaintingRow(run, plane, mask)));
  }
  const [first, ...others] = rows as [Latent, ...Latent[]];
  const cond = repeat(first.concat(...others), run.job.info.request.batchSize);
  return guidedByPicture(run) ? { cond, uncond: filled(cond.shape, 0) } : both(cond);
}

/** Whether a picture to edit has a guidance of its own; without one all rows see it. */
export function guidedByPicture({ job, model }: Run): boolean {
  const { imageCfgScale = 1 } = job.info.request.init ?? {};
  return model.inputs === 'edit' && imageCfgScale !== 1;
}

/** Mask of the run's size in pixels, 0…1: 1 is painted anew. */
export interface PixelMask {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

async function inpaintingRow(run: Run, plane: Tensor, mask: PixelMask | undefined): Promise<Latent> {
  const weight = run.job.settings.inpainting_mask_weight;
  const size = latentSize(run);
  const shown = mask ? hideMasked(plane, mask.values, weight) : plane.scale(1 - weight);
  const cells = mask ? nearest(mask, size) : filled([1, 1, size.height, size.width], 1);
  return withMask(cells, await encodeToSize(run, shown));
}

/** lerp(x, x · (1 − mask), weight) with the roundings of torch.lerp. */
function hideMasked(plane: Tensor, mask: Float32Array, weight: number): Tensor {
  const source = viewOf(plane);
  const data = new Float32Array(source.length);
  for (let i = 0; i < data.length; i++) {
    const value = source[i] as number;
    const masked = Math.fround(value * Math.fround(1 - (mask[i % mask.length] as number)));
    const change = Math.fround(masked - value);
    data[i] = weight < 0.5 ? value + weight * change : masked - change * (1 - weight);
  }
  return new Tensor(owned(data), plane.shape);
}

/** `interpolate(mode='nearest')` to the latent grid. */
function nearest({ values, width, height }: PixelMask, grid: PictureSize): Latent {
  const data = new Float32Array(grid.width * grid.height);
  for (let y = 0; y < grid.height; y++) {
    const row = Math.floor((y * height) / grid.height) * width;
    for (let x = 0; x < grid.width; x++) data[y * grid.width + x] = values[row + Math.floor((x * width) / grid.width)] as number;
  }
  return new Latent(owned(data), [1, 1, grid.height, grid.width]);
}

/** Mask and picture as channels of one row. */
function withMask(mask: Latent, picture: Latent): Latent {
  const data = new Float32Array(mask.size + picture.size);
  data.set(viewOf(mask));
  data.set(viewOf(picture), mask.size);
  return new Latent(owned(data), [1, 1 + picture.channels, picture.height, picture.width]);
}

const both = (value: Latent): NonNullable<Conditioned> => ({ cond: value, uncond: value });

function filled(shape: readonly number[], value: number): Latent {
  return new Latent(owned(new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value)), shape);
}

function repeat(rows: Latent, batch: number): Latent {
  if (rows.batch === batch) return rows;
  return rows.concat(...Array.from({ length: batch / rows.batch - 1 }, () => rows));
}
