import { Raster, type RasterChannels } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import sharp, { type Sharp } from 'sharp';
import { cmykToRgb } from './cmyk-to-rgb.js';
import { inSlices } from './in-slices.js';
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
 * A PNG, JPEG or WebP as 8-bit pixels: grey stays 1 channel, transparency gives 4, all else 3; of 16 bits the upper 8, of
 * an animation the first picture. The EXIF orientation is applied, colour profiles are not (as Pillow).
 * @throws HostError IMAGE_INVALID.
 */
export async function decodeImage(bytes: Uint8Array, { name = 'given' }: DecodeOptions = {}): Promise<Raster> {
  try {
    const image = openImage(bytes, name).autoOrient();
    const { channels, hasAlpha, space } = await image.metadata();
    if (space === 'cmyk') return await decodeCmyk(image);
    if (space === 'grey16' && channels === 1) return await decodeDeepGrey(image);
    const grey = channels === 1 && space === 'b-w';
    const converted = image.toColourspace(grey ? 'b-w' : 'srgb');
    const { data, info } = await rawPixels(hasAlpha ? converted.ensureAlpha() : converted);
    return new Raster(data, { width: info.width, height: info.height, channels: info.channels as RasterChannels });
  } catch (error) {
    throw error instanceof HostError ? error : invalid(name, plain((error as Error).message), error);
  }
}

/** What a decoder says of bytes it cannot follow, in words for those who do not know the decoder. */
const plain = (message: string): string => (/^vips/i.test(message) ? `it is damaged or ends early (${message.split('\n')[0]})` : message);

const rawPixels = (image: Sharp) => image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });

/** The inks themselves: libvips would convert them through a colour profile of its own. */
async function decodeCmyk(image: Sharp): Promise<Raster> {
  const { data, info } = await rawPixels(image.pipelineColourspace('cmyk').toColourspace('cmyk'));
  const { width, height } = info;
  const pixels = new Uint8Array(width * height * 3);
  await inSlices(width * height, (start, end) => cmykToRgb(data, pixels, start, end));
  return new Raster(pixels, { width, height, channels: 3 });
}

/** The upper 8 of 16 bits: libvips would go through linear light and round. */
async function decodeDeepGrey(image: Sharp): Promise<Raster> {
  const deep = image.pipelineColourspace('grey16').toColourspace('grey16').raw({ depth: 'ushort' });
  const { data, info } = await deep.toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const pixels = new Uint8Array(width * height);
  await inSlices(pixels.length, (start, end) => {
    for (let i = start; i < end; i++) pixels[i] = data.readUInt16LE(2 * i) >> 8;
  });
  return new Raster(pixels, { width, height, channels: 1 });
}
