import type { Raster } from '@armature/sdk';
import { encodeJpeg, encodePng, encodeWebp } from './encode-image.js';

export type PictureFormat = 'png' | 'jpg' | 'webp';

export interface PictureEncoding {
  readonly format: PictureFormat;
  /** JPEG and WebP: 1…100. */
  readonly quality: number;
  /** WebP only. */
  readonly lossless: boolean;
  /** The generation parameters, where the file says them. */
  readonly parameters: string | undefined;
}

export interface EncodedPicture {
  readonly bytes: Uint8Array;
  /** The format it has: PNG where the one asked for is too small. */
  readonly extension: PictureFormat;
}

/** libjpeg's limit and that of WebP, pixels along a side. */
const longestSide = { png: Number.POSITIVE_INFINITY, jpg: 65_500, webp: 16_383 } as const;
/** UTF-16 units in the EXIF block of a JPEG, which has two bytes for its length. */
const longestParameters = 32_700;

/** A picture as a file. One that does not fit into the format, by its sides or by its parameters, becomes a PNG. */
export async function encodePicture(image: Raster, encoding: PictureEncoding): Promise<EncodedPicture> {
  const { quality, lossless, parameters } = encoding;
  const extension = fits(image, encoding) ? encoding.format : 'png';
  const lossy = { quality, ...(parameters === undefined ? {} : { parameters }) };
  if (extension === 'jpg') return { extension, bytes: await encodeJpeg(image, lossy) };
  if (extension === 'webp') return { extension, bytes: await encodeWebp(image, { ...lossy, lossless }) };
  return { extension, bytes: await encodePng(image, parameters === undefined ? {} : { parameters }) };
}

const fits = ({ width, height }: Raster, { format, parameters = '' }: PictureEncoding): boolean =>
  Math.max(width, height) <= longestSide[format] && (format !== 'jpg' || parameters.length <= longestParameters);
