import { setImmediate as nextTurn } from 'node:timers/promises';
import { Latent, Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import { encodeImage } from '../images/encode-image.js';
import type { PictureSize, Run } from '../run.js';
import type { SampleStart } from '../sampling/sample.js';
import { encodeToSize, latentSize } from './encode-to-size.js';

/** Values worked on before the event loop gets a turn. */
const slice = 2 ** 20;

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
 * part, or the picture to edit. `planes`: [1, 3, height, width] of −1…1, one for each picture of a batch or one for all;
 * `mask`: [1, 1, height, width] of 0…1, 1 is painted anew.
 */
export async function conditionOnPictures(run: Run, planes: readonly Tensor[], mask?: Latent): Promise<Conditioned> {
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

async function inpaintingRow(run: Run, plane: Tensor, mask: Latent | undefined): Promise<Latent> {
  const weight = run.job.settings.inpainting_mask_weight;
  const size = latentSize(run);
  const shown = mask ? await hideMasked(plane, viewOf(mask), weight) : plane.scale(1 - weight);
  const cells = mask ? nearest(mask, size) : filled([1, 1, size.height, size.width], 1);
  return withMask(cells, await encodeToSize(run, shown));
}

/** lerp(x, x · (1 − mask), weight) with the roundings of torch.lerp. */
async function hideMasked(plane: Tensor, mask: Float32Array, weight: number): Promise<Tensor> {
  const source = viewOf(plane);
  const data = new Float32Array(source.length);
  for (let start = 0; start < data.length; start += slice) {
    for (let i = start; i < Math.min(data.length, start + slice); i++) {
      const value = source[i] as number;
      const masked = Math.fround(value * Math.fround(1 - (mask[i % mask.length] as number)));
      const change = Math.fround(masked - value);
      data[i] = weight < 0.5 ? value + weight * change : masked - change * (1 - weight);
    }
    await nextTurn();
  }
  return new Tensor(owned(data), plane.shape);
}

/** `interpolate(mode='nearest')` to the latent grid. */
function nearest(mask: Latent, grid: PictureSize): Latent {
  const values = viewOf(mask);
  const { width, height } = mask;
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
