import type { Raster } from '@armature/sdk';
import { pixelsOf } from '@armature/sdk/internal';
import sharp, { type Sharp } from 'sharp';
import { encodeExifComment } from './exif-comment.js';
import { withJpegExif, withWebpExif } from './picture-exif.js';
import { withPngText } from './png-text.js';

function codec(image: Raster): Sharp {
  const { width, height, channels } = image;
  const opened = sharp(pixelsOf(image), { raw: { width, height, channels }, limitInputPixels: false });
  return channels === 1 ? opened.toColourspace('b-w') : opened;
}

/** A PNG, 8 bit, with texts by keyword: the webui's is `parameters`. */
export async function encodePng(image: Raster, text: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
  return withPngText(await codec(image).png({ compressionLevel: 6 }).toBuffer(), text);
}

export interface LossyOptions {
  /** 1…100; the webui's default is 80. */
  readonly quality?: number;
  /** Goes into the EXIF UserComment. */
  readonly parameters?: string;
}

/** A JPEG; transparency is dropped. @throws HostError REQUEST_INVALID when the parameters do not fit. */
export async function encodeJpeg(image: Raster, { quality = 80, parameters }: LossyOptions = {}): Promise<Uint8Array> {
  const jpeg = await codec(image).removeAlpha().jpeg({ quality }).toBuffer();
  return parameters === undefined ? jpeg : withJpegExif(jpeg, encodeExifComment(parameters));
}

/** A still WebP. */
export async function encodeWebp(image: Raster, options: LossyOptions & { readonly lossless?: boolean } = {}): Promise<Uint8Array> {
  const { quality = 80, parameters, lossless = false } = options;
  const webp = await codec(image).webp({ quality, lossless }).toBuffer();
  if (parameters === undefined) return webp;
  return withWebpExif(webp, encodeExifComment(parameters), { width: image.width, height: image.height, alpha: image.channels === 4 });
}
