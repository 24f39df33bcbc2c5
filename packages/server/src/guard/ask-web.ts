import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';

export interface AskWebOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Which IP addresses may be asked, for which URL: the one given, and those it leads on to. */
  readonly allows: (address: string, url: URL) => boolean;
  /** What is thrown for one that may not. */
  readonly refused: (url: URL) => Error;
  readonly signal: AbortSignal;
}

const mostRedirects = 3;

/**
 * Asks for what stands behind an http or https URL and follows at most three redirects; the body is for the caller to read or
 * destroy. A name is resolved once, every address of it is checked, and just those are connected to. Names and passwords in the
 * URL are not sent, proxies of the environment not used.
 */
export async function askWeb(first: string, options: AskWebOptions): Promise<IncomingMessage> {
  let url = new URL(first);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await ask(url, await checkedAddresses(url, options), options);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return response;
    response.destroy();
    url = new URL(headers.location, url);
  }
  throw new Error(`it leads on more than ${mostRedirects} times`);
}

/** Where a host name leads. One address that may not be asked spoils all: which one is asked would be chance. */
async function checkedAddresses(url: URL, { allows, refused, signal }: AskWebOptions): Promise<readonly LookupAddress[]> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(url);
  const addresses = await withinTime(lookup(hostOf(url), { all: true }), signal);
  if (addresses.length === 0 || !addresses.every(({ address }) => allows(address, url))) throw refused(url);
  return addresses;
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** A name that is looked up cannot be stopped, only left. */
function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function ask(url: URL, addresses: readonly LookupAddress[], { headers, signal }: AskWebOptions): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const request = get(
      {
        protocol: url.protocol,
        hostname: hostOf(url),
        port: url.port,
        path: `${url.pathname}${url.search}`,
        headers: { 'accept-encoding': 'identity', ...headers },
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
