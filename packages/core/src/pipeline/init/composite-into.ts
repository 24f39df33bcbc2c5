import type { Raster } from '@armature/sdk';
import { applyOverlay, colorTarget, correctColors, fitImage, invertMask, overlayOf } from '../../image/index.js';
import type { Composited } from '../finish/composited.js';
import type { DecodedBatch } from '../finish/finish.js';
import type { Run } from '../run.js';
import type { InitPicture } from './prepare-init.js';
import type { PreparedMask } from './prepare-mask.js';

/** How results get the colours and the unmasked part of what was given; undefined: they stay as they are. */
export async function compositeInto(
  { job: { settings } }: Run,
  pictures: readonly InitPicture[],
  mask: PreparedMask | undefined,
): Promise<DecodedBatch['composite']> {
  const corrects = settings.img2img_color_correction;
  if (!mask && !corrects) return undefined;
  const layers = await Promise.all(pictures.map((picture) => layerOf(picture, mask, corrects)));
  return async (picture, offset) => {
    const layer = layers[offset % layers.length] as Layer;
    const corrected = layer.colors ? await correctColors(picture, layer.colors) : picture;
    if (!mask || !layer.overlay) return { image: corrected, before: layer.colors && picture };
    const { overlay } = layer;
    const paste = (image: Raster) => (settings.overlay_inpaint ? applyOverlay(image, overlay, mask.region) : { image, unmasked: image });
    const { image, unmasked } = await paste(corrected);
    const before = layer.colors && (await paste(picture)).image;
    return { image, before, ...(await maskPictures(layer, image, unmasked)) };
  };
}

interface Layer {
  /** The given picture, transparent where it is painted anew. */
  readonly overlay: Raster | undefined;
  readonly mask: Raster | undefined;
  readonly colors: Awaited<ReturnType<typeof colorTarget>> | undefined;
}

async function layerOf({ whole, fitted }: InitPicture, mask: PreparedMask | undefined, corrects: boolean): Promise<Layer> {
  const { width, height } = whole;
  const colors = corrects ? await colorTarget(fitted) : undefined;
  if (!mask) return { overlay: undefined, mask: undefined, colors };
  const same = mask.overlay.width === width && mask.overlay.height === height;
  const covering = same ? mask.overlay : await fitImage(mask.overlay, { width, height, mode: 'stretch' });
  return { overlay: await overlayOf(whole, covering), mask: covering, colors };
}

/** The mask, and what was painted under it on nothing. */
async function maskPictures({ mask }: Layer, image: Raster, unmasked: Raster): Promise<Pick<Composited, 'mask' | 'maskComposite'>> {
  if (!mask) return {};
  const { width, height } = image;
  const fitted = await fitImage(mask, { width, height, mode: 'fill' });
  return { mask, maskComposite: await overlayOf(unmasked, await invertMask(fitted)) };
}
