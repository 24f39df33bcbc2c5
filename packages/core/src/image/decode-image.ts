import { HostError, Raster, type RasterChannels } from '@armature/sdk';
import sharp, { type Sharp } from 'sharp';
import { isPng } from './png-text.js';

/** Pillow's limit against decompression bombs. */
const MAX_PIXELS = 178_956_970;

export interface DecodeOptions {
  /** How errors call the picture. */
  readonly name?: string;
}

const starts = (bytes: Uint8Array, text: string, at = 0): boolean =>
  Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text;

/** Only these decoders may see untrusted bytes. */
function isKnownFormat(bytes: Uint8Array): boolean {
  return isPng(bytes) || starts(bytes, '\xff\xd8\xff') || (starts(bytes, 'RIFF') && starts(bytes, 'WEBP', 8));
}

function invalid(name: string, problem: string, cause?: unknown): HostError {
  return new HostError('IMAGE_INVALID', { name, problem }, { cause });
}

/** The decoder of a picture, its pixels not read yet. @throws HostError IMAGE_INVALID for what is no PNG, JPEG or WebP */
export function openImage(bytes: Uint8Array, name: string): Sharp {
  if (bytes.length === 0) throw invalid(name, 'it is empty');
  if (!isKnownFormat(bytes)) throw invalid(name, 'it is no PNG, JPEG or WebP picture');
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', ignoreIcc: true });
}

/**
 * A PNG, JPEG or WebP as 8-bit pixels: grey stays 1 channel, transparency gives 4, all else 3. The EXIF orientation is
 * applied, colour profiles are not (as Pillow). @throws HostError IMAGE_INVALID.
 */
export async function decodeImage(bytes: Uint8Array, { name = 'given' }: DecodeOptions = {}): Promise<Raster> {
  try {
    const image = openImage(bytes, name);
    const { channels, hasAlpha, space } = await image.metadata();
    const grey = channels === 1 && (space === 'b-w' || space === 'grey16');
    const converted = image.autoOrient().toColourspace(grey ? 'b-w' : 'srgb');
    const { data, info } = await (hasAlpha ? converted.ensureAlpha() : converted)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return new Raster(data, { width: info.width, height: info.height, channels: info.channels as RasterChannels });
  } catch (error) {
    throw error instanceof HostError ? error : invalid(name, (error as Error).message, error);
  }
}
