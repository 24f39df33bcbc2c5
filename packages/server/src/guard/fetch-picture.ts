import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { HostError } from '@armature/sdk/host';
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

const mostRedirects = 3;

/**
 * The bytes behind an http or https address. A name is resolved once, every address of it is checked, and just those are
 * connected to; so is each redirect. Names and passwords in the address are not sent, proxies of the environment not used.
 * @throws HostError IMAGE_URL_REFUSED where it leads off the public web, IMAGE_URL_FAILED
 */
export async function fetchPicture(address: string, options: FetchPictureOptions): Promise<Uint8Array> {
  const { field, timeout = 30_000, signal } = options;
  const ends = AbortSignal.timeout(timeout);
  const ended = signal ? AbortSignal.any([signal, ends]) : ends;
  try {
    return await follow(address, options, ended);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HostError) throw error;
    const problem = ends.aborted ? `it took longer than ${timeout} ms` : (error as Error).message;
    throw new HostError('IMAGE_URL_FAILED', { field, seen: shown(address), problem }, { cause: error });
  }
}

async function follow(first: string, options: FetchPictureOptions, signal: AbortSignal): Promise<Uint8Array> {
  let url = new URL(first);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await ask(url, await publicAddresses(url, options, signal), options, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return await readBody(response, options);
    response.destroy();
    url = new URL(headers.location, url);
  }
  throw new Error(`it leads on more than ${mostRedirects} times`);
}

/** Where a host name leads. One address off the public web spoils all: which one is asked would be chance. */
async function publicAddresses(
  url: URL,
  { field, allows = isPublicAddress }: FetchPictureOptions,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const refused = new HostError('IMAGE_URL_REFUSED', { field, seen: shown(url.href) });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused;
  const addresses = await withinTime(lookup(url.hostname.replace(/^\[|\]$/g, ''), { all: true }), signal);
  if (addresses.length === 0 || !addresses.every(({ address }) => allows(address))) throw refused;
  return addresses;
}

/** A name that is looked up cannot be stopped, only left. */
function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function ask(
  url: URL,
  addresses: readonly LookupAddress[],
  { userAgent = 'Armature' }: FetchPictureOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const request = get(
      {
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        path: `${url.pathname}${url.search}`,
        headers: { accept: 'image/png, image/jpeg, image/webp', 'accept-encoding': 'identity', 'user-agent': userAgent },
        agent: false,
        signal,
        // What was checked is what is connected to: the name is not resolved a second time.
        lookup: (_name, { all }, done) => {
          const [one] = addresses as readonly [LookupAddress];
          if (all) done(null, [...addresses]);
          else done(null, one.address, one.family);
        },
      },
      resolve,
    );
    request.on('error', reject);
  });
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
