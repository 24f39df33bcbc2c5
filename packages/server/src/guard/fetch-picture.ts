import type { IncomingMessage } from 'node:http';
import { HostError } from '@armature/sdk/host';
import { askWeb } from './ask-web.js';
import { isPublicAddress } from './is-public-address.js';

export interface FetchPictureOptions {
  /** How errors call the picture, `init_images.0`. */
  readonly field: string;
  /** Most bytes that are read. */
  readonly maxBytes: number;
  /** Time for all of it, redirects included, milliseconds. Default 30,000 (the webui's). */
  readonly timeout?: number;
  readonly userAgent?: string;
  /** Which IP addresses may be asked. Default: those of the public web. For tests against this machine. */
  readonly allows?: (address: string) => boolean;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * The bytes behind an http or https address, of the public web alone.
 * @throws HostError IMAGE_URL_REFUSED where it leads off the public web, IMAGE_URL_FAILED
 */
export async function fetchPicture(address: string, options: FetchPictureOptions): Promise<Uint8Array> {
  const { field, timeout = 30_000, signal, userAgent = 'Armature', allows = isPublicAddress } = options;
  const ends = AbortSignal.timeout(timeout);
  const ended = signal ? AbortSignal.any([signal, ends]) : ends;
  try {
    const headers = { accept: 'image/png, image/jpeg, image/webp', 'user-agent': userAgent };
    const refused = (url: URL) => new HostError('IMAGE_URL_REFUSED', { field, seen: shown(url.href) });
    return await readBody(await askWeb(address, { headers, allows, refused, signal: ended }), options);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HostError) throw error;
    const problem = ends.aborted ? `it took longer than ${timeout} ms` : (error as Error).message;
    throw new HostError('IMAGE_URL_FAILED', { field, seen: shown(address), problem }, { cause: error });
  }
}

async function readBody(response: IncomingMessage, { maxBytes }: FetchPictureOptions): Promise<Uint8Array> {
  const { statusCode } = response;
  try {
    if (statusCode !== 200) throw new Error(`it was answered with status ${statusCode}`);
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLong(maxBytes);
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLong(maxBytes);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    response.destroy();
  }
}

const tooLong = (maxBytes: number): Error => new Error(`it is longer than ${maxBytes} bytes`);

/** An address for messages: neither passwords nor queries, which hold keys, are repeated. */
function shown(address: string): string {
  if (!URL.canParse(address)) return JSON.stringify(address.slice(0, 60));
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`.slice(0, 200);
}
