import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { HostError } from '@armature/sdk/host';
import type { DownloadRequest } from './download-file.js';

/** Milliseconds without a byte after which a download has failed. */
const silence = 60_000;

export interface OpenDownload {
  /** Undefined: everything is there. */
  readonly response: IncomingMessage | undefined;
  /** Which byte of the file the answer begins with. */
  readonly from: number;
}

/**
 * Asks for a file from the byte `there` on. This machine and private networks are asked only where the URL itself names them by
 * address (or `localhost`): neither a name on the web nor a redirect leads there.
 */
export async function openDownload({ url, signal }: Pick<DownloadRequest, 'url' | 'signal'>, there: number): Promise<OpenDownload> {
  const { askWeb, isPublicAddress } = await import('@armature/server');
  const typed = new URL(url);
  const explicit = typed.hostname === 'localhost' || isIP(typed.hostname.replace(/^\[|\]$/g, '')) > 0;
  const response = await askWeb(url, {
    headers: { 'user-agent': 'Armature', ...(there > 0 && { range: `bytes=${there}-` }) },
    allows: (address, { hostname }) => isPublicAddress(address) || (explicit && hostname === typed.hostname),
    refused: ({ protocol, host }) => {
      const problem = `${protocol}//${host} is no address of the public web; name a machine of your own network by its IP address`;
      return new HostError('DOWNLOAD_REFUSED', { url: `${typed.origin}${typed.pathname}`, problem });
    },
    signal,
  });
  response.setTimeout(silence, () => response.destroy(new Error(`nothing came for ${silence / 1000} s`)));
  const { statusCode, headers } = response;
  if (statusCode === 206 && headers['content-range']?.startsWith(`bytes ${there}-`)) return { response, from: there };
  if (statusCode === 200) return { response, from: 0 };
  response.destroy();
  if (statusCode === 416 && headers['content-range'] === `bytes */${there}`) return { response: undefined, from: there };
  if (there > 0) return openDownload({ url, signal }, 0);
  throw new Error(`it was answered with status ${statusCode}`);
}
