import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { openDownload } from './open-download.js';

export interface DownloadRequest {
  readonly url: string;
  /** Where the file is put; what is not finished stands beside it, with `.part` behind its name. */
  readonly target: string;
  /** In hex, of the whole file. */
  readonly sha256: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Bytes there are, and bytes there will be, once that is known. */
  readonly onProgress: (bytes: number, total: number | undefined) => void;
}

/**
 * Downloads a file, going on where an earlier try ended. It gets its name only once its hash is right, and never replaces another.
 * @throws HostError FOLDER_EXISTS, DOWNLOAD_REFUSED, DOWNLOAD_FAILED, DOWNLOAD_HASH
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  const { url, target, sha256, signal } = request;
  await assertFree(target);
  const part = `${target}.part`;
  const hash = createHash('sha256');
  try {
    await mkdir(dirname(target), { recursive: true });
    await fetchRest(request, part, hash);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HostError) throw error;
    throw new HostError('DOWNLOAD_FAILED', { url: shown(url), problem: (error as Error).message }, { cause: error });
  }
  const found = hash.digest('hex');
  if (found !== sha256.toLowerCase()) {
    await rm(part, { force: true });
    throw new HostError('DOWNLOAD_HASH', { url: shown(url), found, expected: sha256.toLowerCase() });
  }
  await assertFree(target);
  await giveName(part, target);
}

/** The file's bytes from the first that is missing, added to what is there; `hash` has seen all of them then. */
async function fetchRest(request: DownloadRequest, part: string, hash: Hash): Promise<void> {
  const there = (await stat(part).catch(() => undefined))?.size ?? 0;
  const { response, from } = await openDownload(request, there);
  if (!response) return addTo(hash, part);
  const handle = await open(part, from === 0 ? 'w' : 'a');
  try {
    if (from > 0) await addTo(hash, part);
    await append(request, response, from, async (piece) => {
      hash.update(piece);
      await handle.appendFile(piece);
    });
    await handle.sync();
  } finally {
    response.destroy();
    await handle.close();
  }
}

async function append(
  { url, maxBytes, onProgress }: DownloadRequest,
  response: IncomingMessage,
  from: number,
  add: (piece: Buffer) => Promise<void>,
): Promise<void> {
  const length = response.headers['content-length'];
  const total = length === undefined ? undefined : from + Number(length);
  let bytes = from;
  const check = (size: number): void => {
    const problem = `it has more than ${maxBytes} bytes, the most that --max-size allows`;
    if (size > maxBytes) throw new HostError('DOWNLOAD_REFUSED', { url: shown(url), problem });
  };
  check(total ?? 0);
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    check(bytes);
    await add(piece);
    onProgress(bytes, total);
  }
}

async function addTo(hash: Hash, path: string): Promise<void> {
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
}

/** A link fails where a file of the name has come meanwhile, which renaming would replace; not every file system has links. */
async function giveName(part: string, target: string): Promise<void> {
  try {
    await link(part, target);
    await rm(part);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new HostError('FOLDER_EXISTS', { path: target }, { cause: error });
    await assertFree(target);
    await rename(part, target);
  }
}

async function assertFree(path: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) throw new HostError('FOLDER_EXISTS', { path });
}

/** Without passwords and queries, which hold keys. */
const shown = (url: string): string => `${new URL(url).origin}${new URL(url).pathname}`;
