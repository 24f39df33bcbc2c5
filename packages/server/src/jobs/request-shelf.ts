import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { placeDurably } from './durable-files.js';
import { unwritable } from './journal.js';
import type { StoredRequest } from './stored-request.js';

/** Characters of a request that the journal takes itself: one wait for the disk less. */
const short = 32_768;

/** Requests with given pictures, a file each. */
export class RequestShelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns whether it is short, so that nothing was written. @throws HostError JOBS_UNWRITABLE */
  async put(id: string, request: StoredRequest): Promise<boolean> {
    const text = JSON.stringify(request);
    if (text.length <= short) return true;
    try {
      await placeDurably(this.#path(id), text);
    } catch (error) {
      throw unwritable(this.#path(id), error);
    }
    return false;
  }

  /** @throws HostError INTERNAL when it is not there or broken */
  async get(id: string): Promise<StoredRequest> {
    try {
      return JSON.parse(await readFile(this.#path(id), 'utf8')) as StoredRequest;
    } catch (error) {
      throw new HostError('INTERNAL', { problem: `The stored request of job ${id} cannot be read.` }, { cause: error });
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
