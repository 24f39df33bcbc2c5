import { HostError } from '@armature/sdk/host';
import type { ServerParts } from '../server-parts.js';
import { fetchPicture } from './fetch-picture.js';

/**
 * The file of a picture that a client gave as text: base64, a data URL, or an address on the web where the server takes those.
 * Its head has been read, so that its pixels are within `pixelLimit` before anything decodes it.
 * @param field how errors call the picture, `init_images.0`
 * @throws HostError IMAGE_INVALID, IMAGE_TOO_LARGE, IMAGE_URL_OFF, IMAGE_URL_REFUSED, IMAGE_URL_FAILED
 */
export async function readPicture(
  { host, options }: Pick<ServerParts, 'host' | 'options'>,
  text: string,
  field: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = /^https?:\/\//i.test(text) ? await fetched(options, text, field, signal) : decoded(text, field);
  const { width, height } = await host.pictureInfo(bytes, field);
  const limit = options.pixelLimit;
  if (width * height > limit * 1e6) {
    throw new HostError('IMAGE_TOO_LARGE', { field, seen: ((width * height) / 1e6).toFixed(1), limit });
  }
  return bytes;
}

async function fetched(
  { imageUrls, bodyLimit }: ServerParts['options'],
  url: string,
  field: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (!imageUrls) throw new HostError('IMAGE_URL_OFF', { field, seen: JSON.stringify(url.slice(0, 60)) });
  return fetchPicture(url, { field, maxBytes: bodyLimit * 2 ** 20, ...(signal && { signal }) });
}

function decoded(text: string, field: string): Uint8Array {
  const base64 = text.replace(/^data:[\w./+-]{1,100};base64,/, '').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) {
    throw new HostError('IMAGE_INVALID', { name: field, problem: `it is not base64 (seen: ${JSON.stringify(text.slice(0, 40))})` });
  }
  return Buffer.from(base64, 'base64');
}
