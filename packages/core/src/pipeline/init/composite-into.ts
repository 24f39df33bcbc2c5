import type { OverlayLayer, Raster } from '@armature/sdk';
import { applyOverlay, colorTarget, correctColors, fitImage, invertMask, overlayOf } from '../../image/index.js';
import type { Engine } from '../engine.js';
import type { Composited } from '../finish/composited.js';
import type { DecodedBatch } from '../finish/finish.js';
import type { Run } from '../run.js';
import type { InitPicture } from './prepare-init.js';
import type { PreparedMask } from './prepare-mask.js';

/** How results get the colours and the unmasked part of what was given; undefined: they stay as they are. */
export async function compositeInto(
  { generation }: Engine,
  { job: { settings } }: Run,
  pictures: readonly InitPicture[],
  mask: PreparedMask | undefined,
): Promise<DecodedBatch['composite']> {
  const corrects = settings.img2img_color_correction;
  if (!mask && !corrects) return undefined;
  const givens = await Promise.all(pictures.map((picture) => givenOf(picture, mask, corrects)));
  return async (picture, offset, scope) => {
    const { whole, covering, colors } = givens[offset % givens.length] as Given;
    const corrected = colors ? await correctColors(picture, colors) : picture;
    if (!mask || !covering) return { image: corrected, before: colors && picture };
    const { region } = mask;
    const { overlay: hook } = generation.hooks.image;
    const layer = await hook.transform({ mask: covering, overlay: settings.overlay_inpaint ? whole : undefined }, { ...scope, region });
    const over = layer.overlay && (await overlayOf(layer.overlay, layer.mask));
    const paste = (image: Raster) => (over ? applyOverlay(image, over, region) : { image, unmasked: image });
    const { image, unmasked } = await paste(corrected);
    const before = colors && (await paste(picture)).image;
    return { image, before, ...(await maskPictures(layer, image, unmasked)) };
  };
}

interface Given {
  /** The given picture as it lies under the result. */
  readonly whole: Raster;
  /** The mask over it. */
  readonly covering: Raster | undefined;
  readonly colors: Awaited<ReturnType<typeof colorTarget>> | undefined;
}

async function givenOf({ whole, fitted }: InitPicture, mask: PreparedMask | undefined, corrects: boolean): Promise<Given> {
  const { width, height } = whole;
  const colors = corrects ? await colorTarget(fitted) : undefined;
  if (!mask) return { whole, covering: undefined, colors };
  const same = mask.overlay.width === width && mask.overlay.height === height;
  const covering = same ? mask.overlay : await fitImage(mask.overlay, { width, height, mode: 'stretch' });
  return { whole, covering, colors };
}

/** The mask, and what was painted under it on nothing. */
async function maskPictures({ mask }: OverlayLayer, image: Raster, unmasked: Raster): Promise<Pick<Composited, 'mask' | 'maskComposite'>> {
  const { width, height } = image;
  const fitted = await fitImage(mask, { width, height, mode: 'fill' });
  return { mask, maskComposite: await overlayOf(unmasked, await invertMask(fitted)) };
}
