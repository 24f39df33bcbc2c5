import { inflateSync } from 'node:zlib';
import type { ImagesApi } from '@armature/sdk';
import { hiddenBytes } from './hidden-bytes.js';
import { pngText } from './png-text.js';

/** More than any embedding takes as text. */
const mostText = 64 * 2 ** 20;

/**
 * The JSON that a picture carries: in its text chunk `sd-ti-embedding`, or in the low bits of its pixels beside black columns
 * (`extract_image_data_embed`). Undefined: it is a plain picture.
 * @throws SyntaxError, Error from zlib, or what the decoder of pictures throws, for data that is broken
 */
export async function pictureData(bytes: Uint8Array, images: ImagesApi): Promise<unknown> {
  const text = pngText(bytes, 'sd-ti-embedding');
  if (text !== undefined) return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  const hidden = await hiddenBytes(await images.decode(bytes));
  // A zlib stream begins so; anything else is noise of a plain picture.
  if (hidden === undefined || hidden[0] !== 0x78) return undefined;
  return JSON.parse(inflateSync(hidden, { maxOutputLength: mostText }).toString('utf8'));
}
